package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.Region;

/** Replies of one turn that wait for the commit log, or for those before them. */
final class Owed {
    final ByteBuf bytes;
    final @Nullable Region backing;
    final int[] ends;
    final boolean[] wrote;
    boolean ready;
    boolean inDoubt;

    Owed(ByteBuf bytes, @Nullable Region backing, int[] ends, boolean[] wrote) {
        this.bytes = bytes;
        this.backing = backing;
        this.ends = ends;
        this.wrote = wrote;
    }
}
