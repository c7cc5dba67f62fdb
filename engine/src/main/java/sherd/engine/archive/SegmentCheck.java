package sherd.engine.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowFooter;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.file.TarLayout;
import sherd.engine.archive.index.IndexWriter;
import sherd.engine.archive.index.MemoryRuns;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * Verifies a segment file: every byte of it is either summed or known beforehand, and what is derived (index, keys,
 * counts, ranges) is derived again from the rows and compared.
 */
public final class SegmentCheck {
    private static final int CHUNK = 1 << 20;

    private final Disk disk;
    private final String name;
    private final @Nullable SegmentMeta known;
    private final List<Fault> faults = new ArrayList<>();
    private final ReadStats stats = new ReadStats();
    private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);

    private SegmentCheck(Disk disk, String name, @Nullable SegmentMeta known) {
        this.disk = disk;
        this.name = name;
        this.known = known;
    }

    /** Faults of a segment the catalog knows; none if it is sound. */
    public static List<Fault> check(Disk disk, SegmentMeta meta) {
        return new SegmentCheck(disk, meta.file(), meta).run();
    }

    /** Faults of a segment by what the file says of itself. */
    public static List<Fault> checkFile(Disk disk, String file) {
        return new SegmentCheck(disk, file, null).run();
    }

    private List<Fault> run() {
        try (var file = CheckedFile.open(disk, name)) {
            attempt(() -> checkWhole(file));
            attempt(() -> {
                var footer = Segment.readFooter(file, stats);
                var members = members(footer);
                attempt(() -> checkFrame(file, footer, members));
                members.forEach(m -> attempt(() -> checkMember(file, m)));
                attempt(() -> checkMeta(file, footer));
                // What follows believes the bytes it reads.
                if (faults.isEmpty()) {
                    attempt(() -> checkArrow(file, footer));
                    attempt(this::checkRows);
                }
            });
        } catch (StoreException e) {
            report(e);
        }
        return List.copyOf(faults);
    }

    private record Member(String name, Extent extent) {}

    private static List<Member> members(SegmentLayout.Footer footer) {
        var members = new ArrayList<Member>();
        members.add(new Member(SegmentLayout.ROWS, footer.rowsMember()));
        members.add(new Member(SegmentLayout.INDEX, footer.indexMember()));
        if (footer.keysMember().length() > 0) {
            members.add(new Member(SegmentLayout.KEYS, footer.keysMember()));
        }
        members.add(new Member(SegmentLayout.META, footer.metaMember()));
        return members;
    }

    private void checkWhole(CheckedFile file) {
        if (known == null) {
            return;
        }
        if (known.sizeBytes() != file.size()) {
            fault(file.size(), "the file has another size: wanted=" + known.sizeBytes() + " got=" + file.size());
        }
        var digest = SegmentWriter.sha256();
        for (long at = 0; at < file.size(); at += CHUNK) {
            digest.update(file.read(at, Math.min(CHUNK, file.size() - at), stats));
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(known.sha256())) {
            fault(0, "sha-256 of the file differs from the catalog's");
        }
    }

    /** Tar headers, padding and end are known to the byte. */
    private void checkFrame(CheckedFile file, SegmentLayout.Footer footer, List<Member> members) {
        long at = 0;
        for (var member : members) {
            at = checkHeader(file, footer, at, member.name(), member.extent().length());
            if (member.extent().offset() != at) {
                fault(at, member.name() + " is not where the footer says");
                return;
            }
            long end = at + member.extent().length();
            at += TarLayout.padded(member.extent().length());
            checkZeros(file, end, at);
        }
        at = checkHeader(file, footer, at, SegmentLayout.FOOTER, SegmentLayout.FOOTER_BYTES)
                + SegmentLayout.FOOTER_BYTES;
        if (at != file.size() - TarLayout.END_BYTES) {
            fault(at, "the members do not fill the file");
        }
        checkZeros(file, file.size() - TarLayout.END_BYTES, file.size());
    }

    private long checkHeader(CheckedFile file, SegmentLayout.Footer footer, long at, String member, long size) {
        if (size < 0 || size > file.size()) {
            throw Failures.corruptSegment(name, at, member + " is longer than the file: length=" + size);
        }
        var wanted = TarLayout.header(member, size, footer.tarSeconds());
        if (!Arrays.equals(wanted, file.read(at, TarLayout.BLOCK, stats))) {
            fault(at, "tar header of " + member + " differs");
        }
        return at + TarLayout.BLOCK;
    }

    private void checkZeros(CheckedFile file, long from, long to) {
        var bytes = file.read(from, to - from, stats);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                fault(from + i, "padding that is not zero");
                return;
            }
        }
    }

    private void checkMember(CheckedFile file, Member member) {
        var crc = new CRC32C();
        var extent = member.extent();
        for (long done = 0; done < extent.length(); done += CHUNK) {
            crc.update(file.read(extent.offset() + done, Math.min(CHUNK, extent.length() - done), stats));
        }
        if ((int) crc.getValue() != extent.crc()) {
            fault(extent.offset(), "checksum of " + member.name() + " differs");
        }
    }

    private void checkMeta(CheckedFile file, SegmentLayout.Footer footer) {
        var parsed = Segment.readMeta(file, footer, stats);
        long offset = footer.metaMember().offset();
        if (parsed.meta().rows() != footer.rows()
                || parsed.meta().sizeBytes() != file.size()
                || parsed.indexOffset() != footer.indexMember().offset()) {
            fault(offset, "meta.json and footer do not agree");
        }
        if (known != null && !parsed.meta().withSha256(known.sha256()).equals(known)) {
            fault(offset, "meta.json and the catalog do not agree");
        }
        var digest = SegmentWriter.sha256();
        for (var member : List.of(footer.rowsMember(), footer.indexMember(), footer.keysMember())) {
            for (long done = 0; done < member.length(); done += CHUNK) {
                digest.update(file.read(member.offset() + done, Math.min(CHUNK, member.length() - done), stats));
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(parsed.contentSha256())) {
            fault(offset, "sha-256 of the contents differs from meta.json");
        }
    }

    private void checkArrow(CheckedFile file, SegmentLayout.Footer footer) {
        var member = footer.rowsMember();
        var end = file.read(member.end() - 16, 16, stats);
        int length = ArrowFooter.length(end);
        var arrow = ArrowFooter.parse(file.read(member.end() - length, length, stats));
        var meta = Segment.readMeta(file, footer, stats).meta();
        if (!arrow.fields().equals(SegmentWriter.arrowFields(meta.columns()))) {
            fault(member.offset(), "columns of rows.arrow and meta.json do not agree");
        }
        if (!arrow.metadata()
                .equals(SegmentWriter.arrowMetadata(meta.id(), meta.table().toString()))) {
            fault(member.offset(), "metadata of rows.arrow and meta.json do not agree");
        }
        try (var segment = Segment.openFile(disk, name, new SegmentCache(budget, 0))) {
            var blocks = segment.blocks();
            boolean same = arrow.blocks().size() == blocks.count();
            for (int i = 0; same && i < blocks.count(); i++) {
                var block = blocks.block(i);
                var other = arrow.blocks().get(i);
                same = block.offset() == other.offset()
                        && block.metadataLength() == other.metadataLength()
                        && block.bodyLength() == other.bodyLength();
            }
            if (!same) {
                fault(member.offset(), "batches of rows.arrow and index.sherd do not agree");
            }
        }
    }

    /** Reads every row and derives again what was derived from it. */
    private void checkRows() {
        try (var segment = Segment.openFile(disk, name, new SegmentCache(budget, 0));
                var terms = new IndexWriter(new MemoryRuns(budget), budget, IndexWriter.USUAL_TABLE_BYTES);
                var scratch = new Region(budget, MemoryBudget.Purpose.COLUMNS, CHUNK)) {
            var meta = segment.meta();
            var cursor = segment.cursor(stats);
            var tokenizer = new Tokenizer();
            var hashes = new long[Math.toIntExact(meta.keyed() ? meta.rows() : 0)];
            for (int row = 0; row < meta.rows(); row++) {
                cursor.seek(row);
                terms.startRow(row);
                addTerms(cursor, meta, tokenizer, terms);
                if (meta.keyed()) {
                    hashes[row] = hash(cursor.getBytes(meta.keyColumn()), scratch);
                }
            }
            checkIndex(segment, terms);
            checkTimes(segment, cursor);
            checkKeys(segment, hashes);
        }
    }

    private static void addTerms(RowCursor cursor, SegmentMeta meta, Tokenizer tokenizer, IndexWriter terms) {
        for (int column = 0; column < meta.columns().size(); column++) {
            var definition = meta.columns().get(column);
            if (!definition.type().fixed() && !cursor.isNull(column)) {
                int length = cursor.length(column);
                if (definition.searched()) {
                    tokenizer.tokenize(cursor, column, terms);
                } else if (length < 0) {
                    throw Failures.corruptSegment(meta.file(), 0, "a value of negative length");
                }
            }
        }
    }

    /** The same rows make the same index, byte for byte. */
    private void checkIndex(Segment segment, IndexWriter terms) {
        var part = segment.footer().terms();
        var compared = new ComparedFile(segment.file(), part, stats);
        try (var out = new FileAppender(compared, name, SegmentWriter.sha256(), budget)) {
            terms.finish(out, segment.meta().rows());
            out.flush();
        }
        long difference = compared.firstDifference();
        if (difference >= 0) {
            fault(part.offset() + difference, "index does not fit the rows");
        }
    }

    private void checkTimes(Segment segment, RowCursor cursor) {
        int column = segment.meta().timeColumn();
        if (column < 0) {
            return;
        }
        var blocks = segment.blocks();
        long before = Long.MIN_VALUE;
        boolean sorted = true;
        for (int i = 0; i < blocks.count(); i++) {
            long min = Long.MAX_VALUE;
            long max = Long.MIN_VALUE;
            for (long row = blocks.firstRow(i); row < blocks.endRow(i); row++) {
                cursor.seek(row);
                long time = cursor.isNull(column) ? 0 : cursor.getLong(column);
                sorted &= time >= before;
                before = Math.max(before, time);
                min = Math.min(min, time);
                max = Math.max(max, time);
            }
            if (min != blocks.minTime(i) || max != blocks.maxTime(i)) {
                fault(segment.footer().blocks().offset(), "times of batch " + i + " are not as the table says");
            }
        }
        if (blocks.count() > 0 && sorted != segment.meta().timeSorted()) {
            fault(segment.footer().metaMember().offset(), "rows are not in the order that meta.json says");
        }
    }

    private void checkKeys(Segment segment, long[] hashes) {
        var keys = segment.keys();
        if (keys == null) {
            return;
        }
        long offset = segment.footer().keysMember().offset();
        var seen = new boolean[hashes.length];
        var last = new long[1];
        var problems = new ArrayList<String>();
        keys.forEach(
                (hash, row) -> {
                    if (row >= seen.length || seen[(int) row] || hashes[(int) row] != hash) {
                        problems.add("a key hash points at another row: row=" + row);
                    } else {
                        seen[(int) row] = true;
                    }
                    if (Long.compareUnsigned(hash, last[0]) < 0) {
                        problems.add("key hashes out of order: row=" + row);
                    }
                    last[0] = hash;
                },
                stats);
        if (keys.keys() != hashes.length) {
            problems.add("another number of keys than rows");
        }
        for (long hash : hashes) {
            if (!keys.mayContain(hash)) {
                problems.add("the key filter denies a key");
            }
        }
        problems.stream().distinct().limit(10).forEach(p -> fault(offset, p));
    }

    private static long hash(byte[] key, Region scratch) {
        scratch.ensure(key.length);
        OffHeap.copy(key, 0, scratch.address(), key.length);
        return OffHeap.hash(scratch.address(), key.length);
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (StoreException e) {
            report(e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            fault(0, "does not hold together: " + e.getMessage());
        }
    }

    private void report(StoreException e) {
        if (e.code() != ErrorCode.CORRUPT_SEGMENT) {
            throw e;
        }
        fault(0, String.valueOf(e.getMessage()));
    }

    private void fault(long offset, String problem) {
        faults.add(new Fault(name, offset, problem));
    }
}
