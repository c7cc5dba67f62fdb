package sherd.server.loki.logql;

/** A label to take out of a line, and where in the line it is. */
record Extraction(String label, String from) {}
