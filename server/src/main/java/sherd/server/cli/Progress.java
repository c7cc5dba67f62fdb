package sherd.server.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/** A bar on a terminal; nothing elsewhere. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean shown;
    private final long total;
    private final long began = System.nanoTime();
    private long lastShown;
    private int lastLength;

    private Progress(PrintStream out, boolean shown, long total) {
        this.out = out;
        this.shown = shown;
        this.total = total;
    }

    /**
     * Closing it leaves the stream open.
     *
     * @param total how much there is to do, in bytes or rows, or 0 if nobody knows
     */
    static Progress onStandardError(long total) {
        return new Progress(System.err, onTerminal(), total);
    }

    /** Whether standard error is a terminal. Java's own console asks about the other two streams only. */
    private static boolean onTerminal() {
        try {
            var target = Path.of("/proc/self/fd/2").toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** @param done of the total */
    void at(long done, long bytes, long rows) {
        long now = System.nanoTime();
        if (!shown || now - lastShown < EVERY_NANOS) {
            return;
        }
        lastShown = now;
        double seconds = Math.max(1e-3, (now - began) / 1e9);
        var line = new StringBuilder();
        if (total > 0) {
            int filled = (int) (WIDTH * Math.min(1.0, (double) done / total));
            line.append('[')
                    .append("#".repeat(filled))
                    .append(" ".repeat(WIDTH - filled))
                    .append("] ");
            line.append(String.format(Locale.ROOT, "%3d%%  ", Math.min(100, 100 * done / total)));
        }
        line.append(String.format(Locale.ROOT, "%d rows  %s/s", rows, Printable.bytes((long) (bytes / seconds))));
        int length = line.length();
        line.append(" ".repeat(Math.max(0, lastLength - length)));
        lastLength = length;
        out.print("\r" + line);
        out.flush();
    }

    /** Leaves an empty line behind. */
    @Override
    public void close() {
        if (shown && lastLength > 0) {
            out.print("\r" + " ".repeat(lastLength) + "\r");
            out.flush();
        }
    }
}
