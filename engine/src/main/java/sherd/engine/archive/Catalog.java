package sherd.engine.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.file.Failures;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;

/**
 * The one file that says which tables and segments there are. It is replaced as a whole: written under another name,
 * synced, renamed, and the folder synced; a crash leaves the old one or the new one.
 */
public final class Catalog {
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final String TEMPORARY = CatalogLayout.FILE + TEMPORARY_SUFFIX;

    private Catalog() {}

    /** The last committed state; {@link CatalogState#EMPTY} in a new folder. */
    public static CatalogState load(Disk disk) {
        try {
            if (!disk.exists(CatalogLayout.FILE)) {
                return CatalogState.EMPTY;
            }
            try (var file = disk.open(CatalogLayout.FILE)) {
                if (file.size() > Integer.MAX_VALUE - 16) {
                    throw new StoreException(
                            ErrorCode.CORRUPT_CATALOG,
                            "catalog is impossibly long: bytes=" + file.size() + "; restore it from a copy");
                }
                var buffer = ByteBuffer.allocate((int) file.size());
                int got = file.read(buffer, 0);
                if (got != buffer.capacity()) {
                    throw new IOException("the file was cut while open");
                }
                return CatalogLayout.read(buffer.array());
            }
        } catch (IOException e) {
            throw Failures.reading(CatalogLayout.FILE, e);
        }
    }

    /** Makes a state the last one, durably. After a failure either the old or the new one is. */
    public static void commit(Disk disk, CatalogState state) {
        stage(disk, state);
        publish(disk);
    }

    /** Writes a state beside the last one, which stays; all that needs room is done here. */
    public static void stage(Disk disk, CatalogState state) {
        try {
            disk.delete(TEMPORARY);
            try (var file = disk.create(TEMPORARY)) {
                var at = new long[1];
                CatalogLayout.write(state, (bytes, count) -> {
                    file.write(ByteBuffer.wrap(bytes, 0, count), at[0]);
                    at[0] += count;
                });
                file.sync();
            }
        } catch (IOException e) {
            var failure = Failures.writing(CatalogLayout.FILE, e);
            try {
                disk.delete(TEMPORARY);
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** Makes what was staged the last state. After a failure nobody knows which one is. */
    public static void publish(Disk disk) {
        try {
            disk.rename(TEMPORARY, CatalogLayout.FILE);
            disk.syncFolder("");
        } catch (IOException e) {
            throw Failures.writing(CatalogLayout.FILE, e);
        }
    }

    /** Deletes temporary files that a crash left at the top and in a folder of segments; returns their names. */
    public static List<String> deleteLeftovers(Disk disk, String segmentFolder) {
        var deleted = new ArrayList<String>();
        try {
            for (var folder : List.of("", segmentFolder)) {
                for (var name : disk.list(folder)) {
                    if (name.endsWith(TEMPORARY_SUFFIX)) {
                        var full = folder.isEmpty() ? name : folder + "/" + name;
                        disk.delete(full);
                        deleted.add(full);
                    }
                }
            }
        } catch (IOException e) {
            throw Failures.writing(segmentFolder, e);
        }
        return deleted;
    }

    /** Faults of the catalog itself; none if it is sound or not there. */
    public static List<Fault> check(Disk disk) {
        try {
            load(disk);
            return List.of();
        } catch (StoreException e) {
            if (e.code() != ErrorCode.CORRUPT_CATALOG) {
                throw e;
            }
            return List.of(new Fault(CatalogLayout.FILE, 0, String.valueOf(e.getMessage())));
        }
    }
}
