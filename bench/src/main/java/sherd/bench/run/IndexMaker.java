package sherd.bench.run;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import sherd.bench.frame.BenchException;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.index.DiskRuns;
import sherd.engine.archive.index.IndexWriter;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.Disk;
import sherd.engine.memory.MemoryBudget;

/** Makes the index of lines in a file of its own, as a segment's writer makes it. */
final class IndexMaker {
    static final String FILE = "index.sherd";

    private final Disk disk;
    private final long tableBytes;

    IndexMaker(Disk disk, long tableBytes) {
        this.disk = disk;
        this.tableBytes = tableBytes;
    }

    Extent make(List<byte[]> lines) {
        var budget = new MemoryBudget(Long.MAX_VALUE);
        try {
            disk.delete(FILE);
            try (var index = new IndexWriter(new DiskRuns(disk, FILE), budget, tableBytes);
                    var out = new FileAppender(disk.create(FILE), FILE, MessageDigest.getInstance("SHA-256"), budget)) {
                var tokenizer = new Tokenizer();
                for (int row = 0; row < lines.size(); row++) {
                    index.startRow(row);
                    tokenizer.tokenize(lines.get(row), 0, lines.get(row).length, index);
                }
                var extent = index.finish(out, lines.size());
                out.flush();
                return extent;
            }
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new BenchException("cannot make an index: " + e, e);
        }
    }
}
