package sherd.bench.fuzz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import sherd.bench.frame.BenchException;

/**
 * A mapped file with the input that is being run: length (int), bytes. It is there when an input has taken the whole
 * process down.
 */
final class LastInput implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 20;

    private final Arena arena;
    private final MemorySegment memory;
    private final Path file;

    private LastInput(Arena arena, MemorySegment memory, Path file) {
        this.arena = arena;
        this.memory = memory;
        this.file = file;
    }

    @SuppressWarnings("MustBeClosedChecker") // the input closes it
    static LastInput open(Path folder, String target) {
        var file = folder.resolve("running-" + target);
        var arena = Arena.ofConfined();
        try {
            Files.createDirectories(folder);
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return new LastInput(
                        arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, MOST_BYTES + Integer.BYTES, arena), file);
            }
        } catch (IOException e) {
            arena.close();
            throw new BenchException("cannot map the file of the running input: file=" + file + ": " + e, e);
        }
    }

    void note(byte[] input) {
        int length = Math.min(input.length, MOST_BYTES);
        memory.set(ValueLayout.JAVA_INT, 0, length);
        MemorySegment.copy(input, 0, memory, ValueLayout.JAVA_BYTE, Integer.BYTES, length);
    }

    @Override
    public void close() {
        arena.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BenchException("cannot delete " + file + ": " + e, e);
        }
    }
}
