package sherd.engine.archive;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentHome.State;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.text.Query;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/**
 * A segment as a table knows it, open or not. What prunes is here without opening it: times, words and, once it was
 * open, the filter of its keys.
 *
 * <p>References keep it alive: who holds one may read it, whatever becomes of the table meanwhile. The last one closes
 * it; if it has been {@link #retire retired}, its file goes then. Damage is noticed by whoever reads it; from then on
 * it is set aside and reading it fails at once. Thread-safe.
 */
public final class SegmentHandle {
    /** Reads an open segment. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(Segment segment);
    }

    private final OpenSegments owner;
    private final SegmentMeta meta;
    private final Optional<TermBloom> terms;
    private volatile @Nullable LongPredicate keys;
    private volatile @Nullable String damage;
    private volatile SegmentHome home;
    /** Whether what the store of objects gave was wrong once. */
    private boolean suspected;
    /** Whether what is open is no longer what should be read. */
    private boolean outdated;

    private @Nullable Segment segment;
    private long keyBytes;
    private int pins;
    /** Not under the lock, which who opens a segment holds while the network is waited for. */
    private final AtomicInteger references = new AtomicInteger();

    private volatile boolean retired;
    private boolean closed;

    SegmentHandle(OpenSegments owner, SegmentMeta meta, Optional<TermBloom> terms, SegmentHome home) {
        this.owner = owner;
        this.meta = meta;
        this.terms = terms;
        this.home = home;
    }

    public SegmentMeta meta() {
        return meta;
    }

    public SegmentHome home() {
        return home;
    }

    /** Its bytes are there from now on, as the catalog says; who reads a file that goes keeps it to the end. */
    public synchronized void moved(SegmentHome to) {
        boolean elsewhere = home.onDisk() && !to.onDisk();
        home = to;
        if (elsewhere) {
            closeOutdated();
        }
    }

    private void closeOutdated() {
        outdated = true;
        owner.used(this);
        if (pins == 0) {
            closeSegment();
        }
    }

    /** Why it was set aside; null if it was not. */
    public @Nullable String damage() {
        return damage;
    }

    /** False if no row has a key of this hash. Reads nothing; says "maybe" of a segment that never was open. */
    public boolean mayContain(long keyHash) {
        var filter = keys;
        return filter == null ? meta.keyed() && meta.rows() > 0 : filter.test(keyHash);
    }

    /** False only if no row can match a {@linkplain Query#bind bound} query. Reads nothing. */
    public boolean mayMatch(Query query) {
        return terms.isEmpty() || terms.get().mayMatch(query, meta.columns());
    }

    /**
     * Looks at it for the first time: damage that shows at once sets it aside, and is no error. One that is elsewhere is
     * not looked at, since a start must not wait for the network; what its keys are is known all the same.
     */
    public void admit() {
        try {
            if (!home.onDisk()) {
                KeyFile.read(owner.disk(), meta).ifPresent(this::keysKnown);
            } else if (meta.keyed()) {
                read(Segment::meta);
            } else {
                guard(this::requireFile);
            }
        } catch (StoreException e) {
            if (damage == null && home.onDisk()) {
                throw e;
            }
        }
    }

    private synchronized void keysKnown(KeyFile.Filter filter) {
        if (keys == null && !closed) {
            keys = filter.keys();
            keyBytes = filter.bytes();
            owner.cache().budget().reserve(MemoryBudget.Purpose.INDEX, keyBytes);
        }
    }

    /** Keeps beside the file, which is to go, what tells its keys. */
    public void keepKeys() {
        if (meta.keyed()) {
            KeyFile.write(owner.disk(), meta, read(Segment::keyFilterContent));
        }
    }

    /** Whether every key "may" be in it, because it was never open. */
    public boolean lacksKeys() {
        return meta.keyed() && keys == null && damage == null;
    }

    private SegmentMeta requireFile() {
        try {
            if (!owner.disk().exists(meta.file())) {
                throw Failures.corruptSegment(meta.file(), 0, "the file is not there");
            }
            long size = owner.disk().size(meta.file());
            if (size != meta.sizeBytes()) {
                throw Failures.corruptSegment(
                        meta.file(), size, "the file has another size: wanted=" + meta.sizeBytes());
            }
            return meta;
        } catch (IOException e) {
            throw Failures.reading(meta.file(), e);
        }
    }

    /** Reads the segment, opening it if need be. Blocks. */
    public <T> T read(Reading<T> reading) {
        var open = pin();
        try {
            return guard(() -> reading.from(open));
        } finally {
            unpin();
        }
    }

    /**
     * Opens it, if need be, until as many calls of {@link #unpin}. What is read from it then goes through {@link #guard}.
     */
    public Segment pin() {
        Segment open;
        synchronized (this) {
            open = guard(this::opened);
            pins++;
            owner.used(this);
        }
        owner.trim();
        return open;
    }

    public void unpin() {
        synchronized (this) {
            if (--pins == 0) {
                if (damage != null || closed || outdated) {
                    closeSegment();
                } else {
                    owner.unused(this);
                }
            }
        }
        owner.trim();
    }

    /** Does something with the open segment, and with no other one; damage that is met sets it aside. */
    public <T> T guard(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (StoreException e) {
            if (e.code() == ErrorCode.CORRUPT_SEGMENT) {
                requireDamage(e);
                setAside(String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (InternalError e) {
            // What the virtual machine makes of a page of a mapping that the file no longer has.
            var cut = Failures.corruptSegment(meta.file(), 0, "the file was cut while open", e);
            setAside(String.valueOf(cut.getMessage()));
            throw cut;
        }
    }

    /**
     * What came over the network wrong once may be right in the store, and is read afresh before it counts as damage; what
     * is wrong in a file may be right in its object.
     */
    private void requireDamage(StoreException found) {
        boolean hadFile;
        synchronized (this) {
            boolean objectOnly = home.state() == State.REMOTE;
            hadFile = home.state() == State.BOTH;
            if (damage != null || suspected || closed || !owner.hasObjects() || !(objectOnly || hadFile)) {
                return;
            }
            suspected = objectOnly;
            home = new SegmentHome(State.REMOTE, home.object());
            closeOutdated();
        }
        owner.suspected(meta, home, String.valueOf(found.getMessage()));
        throw new StoreException(
                ErrorCode.OBJECTS_UNAVAILABLE,
                "a segment was not read as it was written: segment=" + meta.id() + " cause='" + found.getMessage()
                        + (hadFile
                                ? "'; its object is read from now on, ask again"
                                : "'; it is read afresh, ask again"),
                found);
    }

    /** Sets it aside for what somebody found who read it another way. */
    public void damaged(String reason) {
        setAside(reason);
    }

    private void setAside(String reason) {
        boolean first;
        synchronized (this) {
            first = damage == null;
            if (first) {
                damage = reason;
                owner.used(this);
                if (pins == 0) {
                    closeSegment();
                }
            }
        }
        if (first) {
            owner.quarantined(meta, reason);
        }
    }

    private Segment opened() {
        var reason = damage;
        if (reason != null) {
            throw new StoreException(
                    ErrorCode.CORRUPT_SEGMENT,
                    "segment was set aside: segment=" + meta.id() + " reason='" + reason + "'; restore it from a copy");
        }
        if (closed) {
            throw new StoreException(ErrorCode.CLOSED, "segment is closed: segment=" + meta.id() + "; ask its table");
        }
        var open = segment;
        if (open == null) {
            open = owner.open(meta, home);
            segment = open;
            outdated = false;
            if (meta.keyed() && keys == null) {
                keys = open.keyFilter();
                keyBytes = open.keyFilterBytes();
                owner.cache().budget().reserve(MemoryBudget.Purpose.INDEX, keyBytes);
            }
        }
        return open;
    }

    /** Takes a reference; only while someone else surely holds one, or before anyone does. */
    public void retain() {
        references.incrementAndGet();
    }

    /** Gives a reference back; true if that was the last one and the file shall go: {@link #deleteFile}. */
    public boolean release() {
        if (references.decrementAndGet() > 0) {
            return false;
        }
        close();
        return retired;
    }

    private synchronized void close() {
        closed = true;
        owner.used(this);
        if (pins == 0) {
            closeSegment();
        }
        owner.cache().budget().release(MemoryBudget.Purpose.INDEX, keyBytes);
        keyBytes = 0;
    }

    /** With its object, if it has one. */
    public void deleteFile() {
        owner.delete(meta, home);
    }

    /** Its rows are elsewhere or gone, and the catalog no longer names it: its file goes with the last reference. */
    public void retire() {
        retired = true;
    }

    synchronized void closeIfUnused() {
        if (pins == 0) {
            closeSegment();
        }
    }

    private void closeSegment() {
        var open = segment;
        if (open != null) {
            segment = null;
            open.close();
            owner.closed();
        }
    }
}
