"""A question and its answer: facts in, verdict, remedy, reasons and duties out."""
