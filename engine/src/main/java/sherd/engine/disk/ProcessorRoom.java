package sherd.engine.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * How many of the machine's processors had time for one thread more since the last time this was asked: they stood
 * idle, or worked for threads that give way ({@code nice}). One caller at a time.
 *
 * <p>Of the first line of {@code /proc/stat}: user, nice, system, idle, iowait and others, in hundredths of a second
 * (proc_stat(5)). Where there is no such line all processors are taken to have time. A container sees the whole machine.
 */
public final class ProcessorRoom implements AutoCloseable {
    /** Where Linux has it. */
    public static final Path PROC_STAT = Path.of("/proc/stat");

    private static final double TICKS_PER_NANO = 100 / 1e9;
    private static final int NICE = 1;
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final byte[] START = "cpu ".getBytes(US_ASCII);

    private final @Nullable FileChannel stat;
    /** As much as the first line has; reused. */
    private final ByteBuffer line = ByteBuffer.allocate(256);

    private long ticks;
    private long asked;

    /** @param stat kept open, where there is one */
    public ProcessorRoom(Path stat) {
        this.stat = open(stat);
    }

    private static @Nullable FileChannel open(Path stat) {
        try {
            return FileChannel.open(stat, StandardOpenOption.READ);
        } catch (IOException e) {
            return null; // another system
        }
    }

    /**
     * In processors: 0.5 is half of one, or a quarter of two.
     *
     * @param now in nanoseconds
     */
    public double room(long now) {
        long total = ticks();
        double passed = Math.max(1, (now - asked) * TICKS_PER_NANO);
        double room = total < 0 ? Double.POSITIVE_INFINITY : (total - ticks) / passed;
        ticks = total;
        asked = now;
        return room;
    }

    /** -1 if there is no such line. */
    private long ticks() {
        if (stat == null) {
            return -1;
        }
        line.clear();
        try {
            stat.read(line, 0);
        } catch (IOException e) {
            return -1;
        }
        line.flip();
        for (byte expected : START) {
            if (!line.hasRemaining() || line.get() != expected) {
                return -1;
            }
        }
        long sum = 0;
        for (int field = 0; field <= IOWAIT; field++) {
            long number = number();
            if (number < 0) {
                return -1;
            }
            sum += field == NICE || field == IDLE || field == IOWAIT ? number : 0;
        }
        return sum;
    }

    private long number() {
        byte next = ' ';
        while (next == ' ' && line.hasRemaining()) {
            next = line.get();
        }
        long number = -1;
        while (next >= '0' && next <= '9') {
            number = Math.max(0, number) * 10 + next - '0';
            next = line.hasRemaining() ? line.get() : 0;
        }
        return number;
    }

    @Override
    public void close() {
        if (stat == null) {
            return;
        }
        try {
            stat.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
