"""Made-up caseloads: complaints and what happened to them, drawn from the vocabulary and the duties of a policy."""
