package sherd.engine.archive.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.file.Failures;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/** Runs beside the file that is being written; what a crash leaves of them is a leftover like that file. */
public final class DiskRuns implements RunFiles {
    private final Disk disk;
    private final String stem;
    private final List<DiskFile> files = new ArrayList<>();

    /** Files are named {@code STEM.run-N.tmp}. */
    public DiskRuns(Disk disk, String stem) {
        this.disk = disk;
        this.stem = stem;
    }

    @Override
    public DiskFile create() throws IOException {
        var name = name(files.size());
        disk.delete(name);
        var file = disk.create(name);
        files.add(file);
        return file;
    }

    @Override
    public void close() {
        try {
            for (int i = 0; i < files.size(); i++) {
                files.get(i).close();
                disk.delete(name(i));
            }
        } catch (IOException e) {
            throw Failures.writing(stem, e);
        }
        files.clear();
    }

    private String name(int number) {
        return stem + ".run-" + number + ".tmp";
    }
}
