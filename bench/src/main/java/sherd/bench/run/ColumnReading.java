package sherd.bench.run;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import sherd.bench.frame.BenchException;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.arrow.ArrowField;
import sherd.engine.archive.arrow.ColumnPlace;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.disk.LocalDisk;
import sherd.engine.disk.Mappings;
import sherd.engine.memory.MemoryBudget;

/** Ways to read one column of numbers of a segment's file. */
enum ColumnReading {
    MAPPED("mapped") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            var mappings = new Mappings(1);
            try (var segment = open(file, mappings)) {
                all(segment, taker);
                segment.requireWhole();
            }
            mappings.close();
        }

        @Override
        Reader keep(Path file) throws IOException {
            var segment = open(file, new Mappings(1));
            return taker -> {
                all(segment, taker);
                segment.requireWhole();
            };
        }
    },
    IN_PLACE("read in place") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            try (var segment = open(file, new Mappings(0))) {
                all(segment, taker);
            }
        }

        @Override
        Reader keep(Path file) throws IOException {
            var segment = open(file, new Mappings(0));
            return taker -> all(segment, taker);
        }
    },
    WHOLE("Files.readAllBytes") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            var bytes = Files.readAllBytes(file);
            int at = TAR_BLOCK + MAGIC;
            while (true) {
                int metadata = metadataLength(bytes, at);
                if (metadata == PREFIX) {
                    return;
                }
                var description = Arrays.copyOfRange(bytes, at, at + metadata);
                long body = bodyLength(description);
                if (isBatch(description)) {
                    var place = ColumnPlace.of(description, body, FIELDS, COLUMN);
                    taker.take(MemorySegment.ofArray(bytes).asSlice(at + place.values(), place.valuesLength()));
                }
                at += Math.toIntExact(metadata + body);
            }
        }

        @Override
        Reader keep(Path file) {
            return taker -> read(file, taker);
        }
    },
    TAR("buffered tar reader") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            try (var in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
                var header = in.readNBytes(TAR_BLOCK);
                if (!new String(header, 0, NAME.length(), US_ASCII).equals(NAME)) {
                    throw new BenchException("the first member is not " + NAME + ": " + file);
                }
                in.skipNBytes(MAGIC);
                var body = new byte[0];
                while (true) {
                    var start = in.readNBytes(PREFIX);
                    int metadata = metadataLength(start, 0);
                    if (metadata == PREFIX) {
                        return;
                    }
                    var description = Arrays.copyOf(start, metadata);
                    readFully(in, description, PREFIX, metadata - PREFIX);
                    int length = Math.toIntExact(bodyLength(description));
                    body = body.length < length ? new byte[length] : body;
                    readFully(in, body, 0, length);
                    if (isBatch(description)) {
                        var place = ColumnPlace.of(description, length, FIELDS, COLUMN);
                        taker.take(MemorySegment.ofArray(body)
                                .asSlice(place.values() - metadata, place.valuesLength()));
                    }
                }
            }
        }

        @Override
        Reader keep(Path file) {
            return taker -> read(file, taker);
        }
    };

    /** Of the table that {@link ColumnFile} writes: the number that is read. */
    static final int COLUMN = 2;

    private static final List<ArrowField> FIELDS = ColumnFile.COLUMNS.stream()
            .map(column -> new ArrowField(column.name(), column.type(), Map.of()))
            .toList();
    private static final String NAME = "rows.arrow";
    private static final int TAR_BLOCK = 512;
    private static final int MAGIC = 8;
    private static final int PREFIX = 8;
    private static final int BUFFER = 64 << 10;
    private static final long CACHE_BYTES = 16 << 20;

    private final String word;

    ColumnReading(String word) {
        this.word = word;
    }

    /** As tables have it. */
    String word() {
        return word;
    }

    static ColumnReading of(String word) {
        return Stream.of(values())
                .filter(reading -> reading.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new BenchException("no such way to read: " + word));
    }

    /** Takes the column, a batch at a time. */
    interface Taker {
        void take(MemorySegment values);
    }

    /** Reads the column of a file that stays open if this way keeps it open. */
    interface Reader {
        void read(Taker taker) throws IOException;
    }

    /** Opens the file, reads the column and closes it. */
    abstract void read(Path file, Taker taker) throws IOException;

    abstract Reader keep(Path file) throws IOException;

    private static Segment open(Path file, Mappings mappings) throws IOException {
        var folder = new LocalDisk(file.toAbsolutePath().getParent());
        var cache = new SegmentCache(new MemoryBudget(Long.MAX_VALUE), CACHE_BYTES);
        return Segment.openFile(folder, String.valueOf(file.getFileName()), cache, mappings);
    }

    private static void all(Segment segment, Taker taker) {
        var stats = new ReadStats();
        for (int batch = 0; batch < segment.batches(); batch++) {
            taker.take(segment.numbers(batch, COLUMN, stats).values());
        }
    }

    private static void readFully(InputStream in, byte[] target, int offset, int length) throws IOException {
        if (in.readNBytes(target, offset, length) != length) {
            throw new BenchException("the file ends in a message");
        }
    }

    private static int metadataLength(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4) + PREFIX;
    }

    private static Message message(byte[] metadata) {
        return Message.getRootAsMessage(
                ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN).position(PREFIX));
    }

    private static boolean isBatch(byte[] metadata) {
        return message(metadata).headerType() == MessageHeader.RecordBatch;
    }

    private static long bodyLength(byte[] metadata) {
        return message(metadata).bodyLength();
    }

    /** The same loop for all. */
    static long sum(MemorySegment values) {
        long sum = 0;
        for (long at = 0; at + 8 <= values.byteSize(); at += 8) {
            sum += values.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        return sum;
    }
}
