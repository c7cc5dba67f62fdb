package sherd.bench.buffers;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process has used.
 *
 * @param commands answered
 * @param nanos on the clock
 * @param cpuNanos of all threads
 * @param allocated bytes of the heap, by all threads
 * @param collections of the heap
 */
public record Figures(long commands, long nanos, long cpuNanos, long allocated, long collections) {
    /** Of this process since its start. */
    static Figures now(long commands) {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return new Figures(
                commands,
                System.nanoTime(),
                system.getProcessCpuTime(),
                threads.getTotalThreadAllocatedBytes(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                        .sum());
    }

    public Figures since(Figures earlier) {
        return new Figures(
                commands - earlier.commands,
                nanos - earlier.nanos,
                cpuNanos - earlier.cpuNanos,
                allocated - earlier.allocated,
                collections - earlier.collections);
    }

    /** With so much of the time taken off. */
    Figures withoutNanos(long off) {
        return new Figures(commands, nanos - off, cpuNanos, allocated, collections);
    }

    String line() {
        return commands + " " + nanos + " " + cpuNanos + " " + allocated + " " + collections;
    }

    public static Figures parse(String line) {
        var fields = line.split(" ", -1);
        return new Figures(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]));
    }
}
