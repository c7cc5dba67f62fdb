package sherd.engine.archive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskLimits;
import sherd.engine.disk.Mappings;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;

/**
 * Which segments of a node are open. A segment is opened when somebody reads it and stays open until others need its
 * place: the one unused longest goes first. Those in use stay, so a few more than the limit may be open for a moment.
 * Bounded are how many are open, which is files, and what they keep in memory. They are mapped as long as the system
 * allows; the others are read in place. Thread-safe.
 */
public final class OpenSegments implements AutoCloseable {
    private final Disk disk;
    private final SegmentCache cache;
    private final Events events;
    private final int limit;
    private final Mappings mappings;
    private final LinkedHashSet<SegmentHandle> idle = new LinkedHashSet<>();
    private int open;
    private long opened;

    /** As many as the system allows. */
    public OpenSegments(Disk disk, SegmentCache cache, Events events) {
        this(disk, cache, events, disk.limits());
    }

    private OpenSegments(Disk disk, SegmentCache cache, Events events, DiskLimits limits) {
        this(disk, cache, events, limits.filesToKeep(), new Mappings(limits.mappings()));
    }

    OpenSegments(Disk disk, SegmentCache cache, Events events, int limit, Mappings mappings) {
        this.disk = disk;
        this.cache = cache;
        this.events = events;
        this.limit = limit;
        this.mappings = mappings;
    }

    /** A way to a segment that the catalog names or is about to name. */
    public SegmentHandle handle(SegmentMeta meta, Optional<TermBloom> terms) {
        return new SegmentHandle(this, meta, terms);
    }

    /** Segments open now. */
    public synchronized int count() {
        return open;
    }

    /** How often a segment was opened. */
    public synchronized long opened() {
        return opened;
    }

    Disk disk() {
        return disk;
    }

    SegmentCache cache() {
        return cache;
    }

    Segment open(SegmentMeta meta) {
        var segment = Segment.open(disk, meta, cache, mappings);
        synchronized (this) {
            open++;
            opened++;
        }
        return segment;
    }

    synchronized void closed() {
        open--;
    }

    synchronized void used(SegmentHandle handle) {
        idle.remove(handle);
    }

    synchronized void unused(SegmentHandle handle) {
        idle.add(handle);
    }

    /** Closes what is too much; called without any handle's lock. */
    void trim() {
        var victims = new ArrayDeque<SegmentHandle>();
        synchronized (this) {
            var oldest = idle.iterator();
            while (open - victims.size() > limit && oldest.hasNext()) {
                victims.add(oldest.next());
                oldest.remove();
            }
        }
        victims.forEach(SegmentHandle::closeIfUnused);
        while (cache.holdsTooMuch() && closeOldest()) {
            // one after the other, since what each keeps differs
        }
    }

    private boolean closeOldest() {
        SegmentHandle victim;
        synchronized (this) {
            if (idle.isEmpty()) {
                return false;
            }
            victim = idle.removeFirst();
        }
        victim.closeIfUnused();
        return true;
    }

    /** Files mapped now. */
    public int mapped() {
        return mappings.count();
    }

    /** Unmaps a little of what nobody reads; to be called a few times a second. */
    public void tidy() {
        mappings.tidy();
    }

    /** Unmaps what nobody reads; when the handles have been released, that is all. */
    @Override
    public void close() {
        mappings.close();
    }

    void quarantined(SegmentMeta meta, String reason) {
        events.on(new Event.SegmentQuarantined(meta.id(), reason));
    }

    /** A file that nobody reads any more; if it cannot go now, the next start removes it. */
    void delete(SegmentMeta meta) {
        try {
            disk.delete(meta.file());
        } catch (IOException e) {
            events.on(
                    new Event.Warning("a segment that was replaced could not be deleted, the next start does it: file="
                            + meta.file() + " reason='" + e.getMessage() + "'"));
        }
    }
}
