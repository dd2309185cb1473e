"""Cases of the doctor's judgements: facts, and what is to be found in them. Tables only."""
