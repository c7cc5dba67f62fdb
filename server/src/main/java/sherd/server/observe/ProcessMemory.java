package sherd.server.observe;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the process takes of the machine's memory, by who has asked for it.
 *
 * @param resident bytes, 0 where the system does not tell
 * @param parts committed bytes; of the heap and the store's reserve some may not be resident
 */
public record ProcessMemory(long resident, Map<String, Long> parts) {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;

    /**
     * Asks the system and the JVM.
     *
     * @param store native memory that the store accounts for, or keeps for reuse
     */
    public static ProcessMemory now(long store) {
        var jvm = ManagementFactory.getMemoryMXBean();
        var parts = new LinkedHashMap<String, Long>();
        parts.put("store", store);
        parts.put("heap", jvm.getHeapMemoryUsage().getCommitted());
        parts.put("code_and_classes", jvm.getNonHeapMemoryUsage().getCommitted());
        parts.put("network_buffers", PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        return new ProcessMemory(readResident(), parts);
    }

    /**
     * What is resident and in no part: thread stacks, the collector, symbols, files mapped by the JVM. Negative when more
     * of the parts is committed and not touched.
     */
    public long unlisted() {
        return resident - parts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long readResident() {
        try {
            return Long.parseLong(
                            Files.readString(STATM, StandardCharsets.US_ASCII).split(" ", -1)[1])
                    * PAGE;
        } catch (IOException e) {
            return 0; // another system
        }
    }
}
