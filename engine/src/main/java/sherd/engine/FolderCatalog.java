package sherd.engine;

import java.io.IOException;
import java.util.Optional;
import sherd.engine.archive.Catalog;
import sherd.engine.archive.CatalogState;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * Tells a new folder from one whose catalog is gone. To a start both look empty, and it deletes the segments that no
 * catalog names: without this, losing one small file would cost all that was archived.
 */
final class FolderCatalog {
    private FolderCatalog() {}

    /** @throws StoreException CORRUPT_CATALOG if it is damaged, or missing beside files that only come after it */
    static CatalogState load(Disk disk) {
        missing(disk).ifPresent(problem -> {
            throw new StoreException(ErrorCode.CORRUPT_CATALOG, problem);
        });
        return Catalog.load(disk);
    }

    /** What to say of a catalog that should be there; the first start writes it before any log file or segment. */
    static Optional<String> missing(Disk disk) {
        try {
            if (disk.exists("catalog")) {
                return Optional.empty();
            }
            int logs = disk.list("log").size();
            int segments = disk.list(SegmentFiles.FOLDER).size();
            if (logs + segments == 0) {
                return Optional.empty();
            }
            return Optional.of("the catalog is missing: data=" + disk.describe() + " log_files=" + logs
                    + " segment_files=" + segments + "; restore it from a copy, nothing was changed");
        } catch (IOException e) {
            throw SegmentFiles.failed("list", e);
        }
    }
}
