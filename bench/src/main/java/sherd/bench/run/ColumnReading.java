package sherd.bench.run;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import sherd.bench.frame.BenchException;
import sherd.engine.archive.Numbers;
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
    PLAIN("mapping, plain loads") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            try (var channel = FileChannel.open(file);
                    var arena = Arena.ofShared()) {
                walk(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena), taker);
            }
        }

        @Override
        Reader keep(Path file) throws IOException {
            try (var channel = FileChannel.open(file)) {
                var mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
                return taker -> walk(mapped, taker);
            }
        }
    },
    WHOLE("Files.readAllBytes") {
        @Override
        void read(Path file, Taker taker) throws IOException {
            walk(MemorySegment.ofArray(Files.readAllBytes(file)), taker);
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
                        taker.add(sum(
                                MemorySegment.ofArray(body).asSlice(place.values() - metadata, place.valuesLength())));
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
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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

    boolean isSherd() {
        return this == MAPPED || this == IN_PLACE;
    }

    static ColumnReading of(String word) {
        return Stream.of(values())
                .filter(reading -> reading.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new BenchException("no such way to read: " + word));
    }

    /** Takes what the column of a batch adds up to. */
    interface Taker {
        void add(long sum);
    }

    /** Reads the column of a file that stays open if this way keeps it open. */
    interface Reader {
        void read(Taker taker) throws IOException;
    }

    /** Opens the file, reads the column and closes it. */
    abstract void read(Path file, Taker taker) throws IOException;

    abstract Reader keep(Path file) throws IOException;

    static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file in no folder");
    }

    private static Segment open(Path file, Mappings mappings) throws IOException {
        var folder = new LocalDisk(folderOf(file));
        var cache = new SegmentCache(new MemoryBudget(Long.MAX_VALUE), CACHE_BYTES);
        return Segment.openFile(folder, String.valueOf(file.getFileName()), cache, mappings);
    }

    private static void all(Segment segment, Taker taker) {
        var stats = new ReadStats();
        var run = new long[Numbers.RUN];
        for (int batch = 0; batch < segment.batches(); batch++) {
            taker.add(sum(segment.numbers(batch, COLUMN, stats), run));
        }
    }

    /** As the store reads: in runs that fit into the first cache, which nothing can turn into the end of the process. */
    private static long sum(Numbers numbers, long[] run) {
        long sum = 0;
        for (int row = 0; row < numbers.rows(); row += run.length) {
            int count = Math.min(run.length, numbers.rows() - row);
            numbers.values().copy(row * 8L, run, count);
            for (int i = 0; i < count; i++) {
                sum += run[i];
            }
        }
        return sum;
    }

    /** All batches of a file that is all there. */
    private static void walk(MemorySegment file, Taker taker) {
        long at = TAR_BLOCK + MAGIC;
        while (true) {
            int metadata = file.get(LENGTH, at + 4) + PREFIX;
            if (metadata == PREFIX) {
                return;
            }
            var description = file.asSlice(at, metadata).toArray(ValueLayout.JAVA_BYTE);
            long body = bodyLength(description);
            if (isBatch(description)) {
                var place = ColumnPlace.of(description, body, FIELDS, COLUMN);
                taker.add(sum(file.asSlice(at + place.values(), place.valuesLength())));
            }
            at += metadata + body;
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

    private static long sum(MemorySegment values) {
        long sum = 0;
        for (long at = 0; at + 8 <= values.byteSize(); at += 8) {
            sum += values.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        return sum;
    }
}
