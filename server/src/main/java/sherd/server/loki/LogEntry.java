package sherd.server.loki;

import java.util.Comparator;
import sherd.server.loki.logql.Labels;

/** A line of an answer. */
record LogEntry(long nanos, long id, Labels labels, String line) {
    /** Oldest first, and of one time in the order in which they came. */
    static final Comparator<LogEntry> ORDER =
            Comparator.comparingLong(LogEntry::nanos).thenComparingLong(LogEntry::id);
}
