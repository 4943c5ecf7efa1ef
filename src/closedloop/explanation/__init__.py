"""Why an outcome is as it is: reasons, questions, what would have changed it, and all of that as text for people."""
