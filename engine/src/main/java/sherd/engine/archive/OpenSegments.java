package sherd.engine.archive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.disk.Disk;
import sherd.engine.disk.Mappings;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.objects.ObjectFiles;
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
    /** Empty while this node has no object storage. */
    private final Optional<ObjectFiles> objects;

    private final LinkedHashSet<SegmentHandle> idle = new LinkedHashSet<>();
    private int open;
    private long opened;

    /** As many as the system allows, none of them in object storage. */
    public OpenSegments(Disk disk, SegmentCache cache, Events events) {
        this(disk, Optional.empty(), cache, events);
    }

    public OpenSegments(Disk disk, Optional<ObjectFiles> objects, SegmentCache cache, Events events) {
        this(
                disk,
                objects,
                cache,
                events,
                disk.limits().filesToKeep(),
                new Mappings(disk.limits().mappings()));
    }

    OpenSegments(
            Disk disk, Optional<ObjectFiles> objects, SegmentCache cache, Events events, int limit, Mappings mappings) {
        this.disk = disk;
        this.objects = objects;
        this.cache = cache;
        this.events = events;
        this.limit = limit;
        this.mappings = mappings;
    }

    /** A way to a segment that the catalog names or is about to name. */
    public SegmentHandle handle(SegmentMeta meta, Optional<TermBloom> terms) {
        return handle(meta, terms, SegmentHome.LOCAL);
    }

    /** The same, wherever the segment is. */
    public SegmentHandle handle(SegmentMeta meta, Optional<TermBloom> terms, SegmentHome home) {
        return new SegmentHandle(this, meta, terms, home);
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

    Segment open(SegmentMeta meta, SegmentHome home) {
        var segment = home.onDisk()
                ? Segment.open(disk, meta, cache, mappings)
                : Segment.open(object(meta, home), meta, cache);
        synchronized (this) {
            open++;
            opened++;
        }
        return segment;
    }

    private CheckedFile object(SegmentMeta meta, SegmentHome home) {
        var files = objects.orElseThrow(() -> new StoreException(
                ErrorCode.OBJECTS_UNAVAILABLE,
                "a segment is in object storage, and this node has none: file=" + meta.file() + " key=" + home.object()
                        + "; set objects.endpoint and what belongs to it as they were"));
        return CheckedFile.of(files.open(home.object(), meta.sizeBytes()), meta.file(), meta.sizeBytes());
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

    boolean hasObjects() {
        return objects.isPresent();
    }

    /** Something that was read was wrong, and is right perhaps where it will be read next, which is not in memory. */
    void suspected(SegmentMeta meta, SegmentHome home, String reason) {
        objects.ifPresent(files -> files.pages().forget(home.object()));
        events.on(new Event.Warning("a segment was not read as it was written, its object is read afresh: segment="
                + meta.id() + " key=" + home.object() + " reason='" + reason + "'"));
    }

    /** A segment that nobody reads any more; what cannot go now, the next start removes. */
    void delete(SegmentMeta meta, SegmentHome home) {
        if (home.hasObject()) {
            objects.ifPresent(files -> files.discard(home.object()));
        }
        deleteFile(meta.file());
        if (meta.keyed() && !home.onDisk()) {
            deleteFile(KeyFile.name(meta));
        }
    }

    /** A file, if it is there. */
    public void deleteFile(String file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            events.on(
                    new Event.Warning("a segment that was replaced could not be deleted, the next start does it: file="
                            + file + " reason='" + e.getMessage() + "'"));
        }
    }
}
