package sherd.engine.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import sherd.engine.disk.LocalDisk;

/** Leaves a segment with every type of column in a folder, for readers of other languages to try. */
final class SegmentSample {
    private SegmentSample() {}

    public static void main(String[] args) throws IOException {
        var rows = Rows.random(new Random(42), 3000);
        var spec = new SegmentSpec("arc-20261123-001", "", Rows.TABLE, Rows.ALL_TYPES, 0, Rows.KEY);
        System.out.println(Rows.write(new LocalDisk(Path.of(args[0])), spec, rows));
    }
}
