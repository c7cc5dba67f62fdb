package sherd.engine.archive.index;

import java.io.IOException;
import sherd.engine.disk.DiskFile;

/** Where sorted runs wait to be merged. Closing it removes them. */
public interface RunFiles extends AutoCloseable {
    /** An empty file that can be read while it is open. */
    DiskFile create() throws IOException;

    @Override
    void close();
}
