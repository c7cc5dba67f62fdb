package sherd.engine;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import sherd.engine.archive.Catalog;
import sherd.engine.archive.KeyFile;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Names of segment files: {@code arc-YYYYMMDD-NNN.tar} for archives, {@code ckp-...} for checkpoints. */
final class SegmentFiles {
    static final String FOLDER = "segments";

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private static final Pattern NAME = Pattern.compile("arc-[0-9]{8}-([0-9]{3,18})\\b");

    private SegmentFiles() {}

    /** The id of the segment with this sequence number; sequence numbers are never used twice. */
    static String id(String prefix, long epochMillis, long sequence) {
        return prefix + "-" + DAY.format(Instant.ofEpochMilli(epochMillis)) + "-" + String.format("%03d", sequence);
    }

    /** The sequence number in a name that begins with the {@link #id} of a segment; 0 if it does not. */
    static long sequence(String name) {
        var found = NAME.matcher(name);
        return found.lookingAt() ? Long.parseLong(found.group(1)) : 0;
    }

    /** Files that a crash left between being written and being in the catalog, or after leaving it. */
    static void removeLeftovers(Disk disk, List<SegmentEntry> referenced) {
        Catalog.deleteLeftovers(disk, FOLDER);
        Set<String> kept = new HashSet<>();
        referenced.forEach(entry -> kept.add(file(entry)));
        try {
            boolean removed = false;
            for (var name : disk.list(FOLDER)) {
                if (!kept.contains(FOLDER + "/" + name)) {
                    disk.delete(FOLDER + "/" + name);
                    removed = true;
                }
            }
            if (removed) {
                disk.syncFolder(FOLDER);
            }
        } catch (IOException e) {
            throw failed("clean up", e);
        }
    }

    /** What a segment has in the folder: itself, or the file of its keys. */
    static String file(SegmentEntry entry) {
        return entry.home().onDisk() ? entry.meta().file() : KeyFile.name(entry.meta());
    }

    static List<SegmentEntry> checkpoints(List<SegmentEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.purpose() == SegmentEntry.Purpose.CHECKPOINT)
                .toList();
    }

    static void delete(Disk disk, Iterable<SegmentEntry> entries) {
        boolean any = false;
        try {
            for (var entry : entries) {
                disk.delete(entry.meta().file());
                any = true;
            }
            if (any) { // the folder is made with the first segment
                disk.syncFolder(FOLDER);
            }
        } catch (IOException e) {
            throw failed("delete", e);
        }
    }

    /**
     * Deletes segments that no catalog has ever named, since their work failed: a full disk must not be filled further
     * by whoever tries again. What cannot be deleted is a leftover for the next start.
     */
    static void discard(Disk disk, List<SegmentEntry> entries, Throwable failure) {
        try {
            delete(disk, entries);
        } catch (StoreException e) {
            failure.addSuppressed(e);
        }
    }

    static StoreException failed(String what, IOException e) {
        return new StoreException(
                ErrorCode.DISK_FAILED,
                "cannot " + what + " segment files: folder=" + FOLDER + ": " + e.getMessage(),
                e);
    }
}
