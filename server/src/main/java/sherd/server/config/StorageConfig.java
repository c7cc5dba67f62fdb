package sherd.server.config;

import java.nio.file.Path;

/**
 * Where the data is, and how much memory it may take.
 *
 * @param data a folder; a relative one starts where the node was started
 * @param memoryLimit for everything that grows with the data: rows, index, network buffers, queues, page cache
 */
public record StorageConfig(Path data, ByteSize memoryLimit) implements Section {
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMiB(16);

    @Override
    public void check(Check check) {
        check.that(!data.toString().isEmpty(), "data", "the name of a folder", "for example \"data\"");
        check.that(
                memoryLimit.bytes() >= LEAST_MEMORY.bytes(),
                "memory-limit",
                "at least " + LEAST_MEMORY,
                "give the node more memory");
    }
}
