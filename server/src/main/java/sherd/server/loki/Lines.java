package sherd.server.loki;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import sherd.server.loki.logql.LogLine;

/** Keeps the first so many lines in the order asked for. */
final class Lines implements LogReader.Sink {
    private final int limit;
    private final int byteLimit;
    private final boolean newestFirst;
    /** Of those kept, the one to go next is at its head. */
    private final PriorityQueue<LogEntry> kept;

    private long bytes;

    Lines(int limit, int byteLimit, boolean newestFirst) {
        this.limit = limit;
        this.byteLimit = byteLimit;
        this.newestFirst = newestFirst;
        kept = new PriorityQueue<>(newestFirst ? LogEntry.ORDER : LogEntry.ORDER.reversed());
    }

    @Override
    public boolean wants(long minMillis, long maxMillis) {
        var worst = kept.peek();
        if (worst == null || kept.size() < limit) {
            return true;
        }
        long millis = Nanos.toMillis(worst.nanos());
        return newestFirst ? maxMillis >= millis : minMillis <= millis;
    }

    @Override
    public void line(LogLine line, long id) {
        add(new LogEntry(line.nanos(), id, line.labels(), line.text()));
    }

    void add(LogEntry entry) {
        kept.add(entry);
        bytes += entry.line().length();
        if (kept.size() > limit) {
            bytes -= kept.remove().line().length();
        }
        if (bytes > byteLimit) {
            throw LokiException.bad("the lines of this answer are too long together: limit=" + byteLimit
                    + " bytes; ask for fewer with limit");
        }
    }

    /** In the order asked for. */
    List<LogEntry> entries() {
        var entries = new ArrayList<>(kept);
        Comparator<LogEntry> order = newestFirst ? LogEntry.ORDER.reversed() : LogEntry.ORDER;
        entries.sort(order);
        return entries;
    }
}
