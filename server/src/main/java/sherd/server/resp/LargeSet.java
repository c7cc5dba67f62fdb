package sherd.server.resp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.route.StagedValue;

/**
 * A command that sets a key to a large value, at the front of a connection's input: the value is copied some bytes a
 * turn, and then the command runs as any other does, but finds the value where it is to be.
 */
final class LargeSet implements AutoCloseable {
    /** Shorter values are copied when the command runs. */
    static final int FROM = 1 << 20;

    private static final int TURN_BYTES = 256 << 10;

    private final long offset;
    /** Null if there was no memory for that; then the command may find a way or say so. */
    private final @Nullable StagedValue value;

    private LargeSet(long offset, @Nullable StagedValue value) {
        this.offset = offset;
        this.value = value;
    }

    /** Whether the command is one of these. */
    static boolean is(Batch batch, int command) {
        if (batch.bytes(command) < FROM) {
            return false;
        }
        var spec = batch.spec(command);
        int word = spec == null || !spec.acceptsCount(batch.count(command)) ? 0 : valueWord(spec);
        return word > 0 && batch.length(command, word) >= FROM && batch.length(command, 1) <= RespLoop.MAX_KEY;
    }

    private static int valueWord(CommandSpec spec) {
        return switch (spec.name()) {
            case "set", "setnx", "getset" -> 2;
            case "setex", "psetex" -> 3;
            default -> 0;
        };
    }

    /** @param start address of the command */
    static LargeSet begin(Engine engine, Batch batch, int command, long start) {
        int word = valueWord(Objects.requireNonNull(batch.spec(command)));
        var value = engine.stage(batch.length(command, 1), batch.length(command, word));
        return new LargeSet(batch.address(command, word) - start, value);
    }

    boolean ready() {
        return value == null || value.complete();
    }

    /** @param start where the command is now */
    void copySome(long start) {
        if (value != null) {
            value.copySome(start + offset, TURN_BYTES);
        }
    }

    @Nullable
    StagedValue value() {
        return value;
    }

    /** Where the value is now that the command is the first of a batch. */
    static long source(Batch batch) {
        return batch.size() > 0 && is(batch, 0)
                ? batch.address(0, valueWord(Objects.requireNonNull(batch.spec(0))))
                : 0;
    }

    @Override
    public void close() {
        if (value != null) {
            value.close();
        }
    }
}
