package sherd.server.http;

import io.netty.channel.EventLoop;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;
import sherd.engine.schema.TableName;
import sherd.engine.time.Clock;
import sherd.server.observe.StageClock;

/** What the connections of one loop share: the way to rows, and scratch. Only that loop's thread uses it. */
final class LoopState {
    private static final int SCRATCH_BYTES = 4096;
    private static final int KEPT_BYTES = 256 << 10;

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final EventLoop loop;
    private final Clock clock;
    private final StageClock stages;
    private final HttpFigures figures;
    private final Session session;
    private final Region key;
    private final Region name;
    private final Region value;
    private final byte[] out = new byte[SCRATCH_BYTES];
    private @Nullable TableName lastTable;
    private long dateSecond = -1;
    private AsciiString date = AsciiString.EMPTY_STRING;

    LoopState(EventLoop loop, Engine engine, Clock clock, StageClock stages, HttpFigures figures) {
        this.loop = loop;
        this.clock = clock;
        this.stages = stages;
        this.figures = figures;
        var budget = engine.memory();
        this.session = engine.session();
        this.key = new Region(budget, MemoryBudget.Purpose.NETWORK, SCRATCH_BYTES);
        this.name = new Region(budget, MemoryBudget.Purpose.NETWORK, SCRATCH_BYTES);
        this.value = new Region(budget, MemoryBudget.Purpose.NETWORK, SCRATCH_BYTES);
    }

    EventLoop loop() {
        return loop;
    }

    /** Splits the time of sampled requests. */
    StageClock stages() {
        return stages;
    }

    HttpFigures figures() {
        return figures;
    }

    Session session() {
        return session;
    }

    /** Native copy of a key, until the next one; the row it leads to is current no longer than that. */
    long key(byte[] bytes) {
        return copy(key, bytes);
    }

    /** Native copy of a field's name, until the next one. */
    long name(byte[] bytes) {
        return copy(name, bytes);
    }

    /** Native copy of a value, until the next one. */
    long value(byte[] bytes) {
        return copy(value, bytes);
    }

    /** Native bytes at the start of an array, which is anybody's again at the next call. */
    byte[] out(long address, int length) {
        var array = length <= out.length ? out : new byte[length];
        OffHeap.copy(address, array, 0, length);
        return array;
    }

    private static long copy(Region region, byte[] bytes) {
        if (region.capacity() > KEPT_BYTES && bytes.length <= KEPT_BYTES) {
            region.shrink(SCRATCH_BYTES);
        }
        region.ensure(bytes.length);
        OffHeap.copy(bytes, 0, region.address(), bytes.length);
        return region.address();
    }

    /** The {@code Date} header. */
    AsciiString date() {
        long second = clock.epochMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = AsciiString.of(HTTP_DATE.format(Instant.ofEpochSecond(second)));
        }
        return date;
    }

    /** A name is checked when it is made; most requests name the same table as the one before. */
    TableName tableName(String database, String table) {
        var last = lastTable;
        if (last == null || !last.database().equals(database) || !last.table().equals(table)) {
            last = new TableName(database, table);
            lastTable = last;
        }
        return last;
    }

    void close() {
        session.close();
        key.close();
        name.close();
        value.close();
    }
}
