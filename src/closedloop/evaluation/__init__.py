"""Works out facts, repeats, tables, duties and gates from what is known at an instant. Pure functions, each with its result."""
