package sherd.engine.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The mapped files of a process, up to a number. Thread-safe.
 *
 * <p>Closing a shared arena stops every thread for a moment, so small files share arenas: one is closed when the last of
 * its files is let go, and not more than one a call of {@link #tidy}. A large file has an arena of its own, since a
 * deleted file takes room on the disk as long as it is mapped. Files that are let go count until they are unmapped.
 *
 * <p>A file that somebody cuts takes its pages away. A mapping may be touched by {@link MemorySegment#copy} only: that goes
 * on with whatever bytes, and the virtual machine raises an {@link InternalError} at the thread's next stop, which {@link
 * #settle} is. Checksums by intrinsics, vectors, native code and some plain loads would end the process instead.
 */
public final class Mappings implements AutoCloseable {
    private static final int GROUP = 64;
    private static final long LARGE_BYTES = 8 << 20;

    private final int limit;
    private final ArrayDeque<Group> unused = new ArrayDeque<>();
    private @Nullable Group filling;
    private int count;

    public Mappings(int limit) {
        this.limit = limit;
    }

    private static final class Group {
        private final Arena arena = Arena.ofShared();
        private int members;
        private int live;
    }

    /** One mapped file. */
    public final class Mapping {
        private final Group group;
        private final MemorySegment bytes;

        private Mapping(Group group, MemorySegment bytes) {
            this.group = group;
            this.bytes = bytes;
        }

        /** Readable until {@link #letGo}. */
        public MemorySegment bytes() {
            return bytes;
        }

        /** Nobody reads it any more; once only. */
        public void letGo() {
            Mappings.this.letGo(group);
        }
    }

    /** Maps the first bytes of a file; null if it is none of this machine's, or there is no room for it. */
    public synchronized @Nullable Mapping map(DiskFile file, long bytes) {
        if (!(file instanceof LocalFile local) || bytes <= 0 || count >= limit) {
            return null;
        }
        var group = bytes >= LARGE_BYTES ? new Group() : shared();
        try {
            var mapped = local.channel().map(MapMode.READ_ONLY, 0, bytes, group.arena);
            group.members++;
            group.live++;
            count++;
            return new Mapping(group, mapped);
        } catch (IOException _) {
            // The system has no room for it, or somebody has just cut it: reading it in place will tell.
            if (group != filling) {
                group.arena.close();
            }
            return null;
        }
    }

    private Group shared() {
        var group = filling;
        if (group == null || group.members == GROUP) {
            group = new Group();
            filling = group;
        }
        return group;
    }

    private synchronized void letGo(Group group) {
        if (--group.live == 0 && (group != filling || group.members == GROUP)) {
            retire(group);
        }
    }

    private void retire(Group group) {
        if (group == filling) {
            filling = null;
        }
        unused.add(group);
    }

    /** Files mapped, those let go and not unmapped yet included. */
    public synchronized int count() {
        return count;
    }

    /** Unmaps what has been unused longest; false if there was nothing. To be called a few times a second. */
    public boolean tidy() {
        Group oldest;
        synchronized (this) {
            var group = filling;
            if (unused.isEmpty() && group != null && group.live == 0) {
                retire(group);
            }
            oldest = unused.poll();
            if (oldest == null) {
                return false;
            }
            count -= oldest.members;
        }
        oldest.arena.close();
        return true;
    }

    /** Unmaps all that nobody reads. */
    @Override
    public void close() {
        while (tidy()) {
            // on to the next
        }
    }

    /**
     * Returns when an error that a read of a cut file left behind has been raised: by a call into the virtual machine,
     * which looks for such errors on the way back.
     */
    public static void settle() {
        var _ = Thread.holdsLock(Mappings.class);
    }
}
