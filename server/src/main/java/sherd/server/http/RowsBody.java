package sherd.server.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.RowBatch;
import sherd.engine.error.StoreException;
import sherd.engine.route.ShardedTable;
import tools.jackson.core.JacksonException;

/** A body of lines, each of which becomes a row as it comes; applied whole at the end. */
final class RowsBody implements Body {
    /** Turns one line into a row of the batch, or says what is wrong with it. */
    @FunctionalInterface
    interface LineReader {
        void read(RowBatch batch, long number, long address, int length);
    }

    private final Exchange exchange;
    private final ShardedTable table;
    private final LineReader reader;
    private final LineSplitter splitter;
    private @Nullable RowBatch batch;
    private long bytes;

    RowsBody(Exchange exchange, ShardedTable table, LineReader reader) {
        this.exchange = exchange;
        this.table = table;
        this.reader = reader;
        this.splitter = new LineSplitter(exchange.budget(), this::line);
        this.batch = exchange.engine().newBatch(table);
    }

    @Override
    public void data(ByteBuf chunk) {
        bytes += chunk.readableBytes();
        if (bytes > exchange.limits().batchBytes()) {
            throw Problem.tooLarge("body of rows", exchange.limits().batchBytes());
        }
        splitter.add(chunk);
    }

    @Override
    public void end() {
        splitter.end();
        var whole = batch;
        batch = null; // whoever applies it closes it
        if (whole != null) {
            AppendCalls.apply(exchange, table, whole);
        }
    }

    @Override
    public void abandon() {
        splitter.close();
        if (batch != null) {
            batch.close();
            batch = null;
        }
    }

    private void line(long number, long address, int length) {
        if (batch == null) {
            return;
        }
        try {
            reader.read(batch, number, address, length);
        } catch (StoreException e) {
            throw bad(number, Problem.of(e));
        } catch (JacksonException e) {
            throw bad(number, JsonIn.problemOf(e));
        }
    }

    private static RefusedException bad(long number, Problem problem) {
        var named = new Problem(
                problem.status(),
                problem.code(),
                "line " + number + ": " + problem.detail() + "; nothing of this request was written",
                problem.headers(),
                json -> json.writeNumberProperty("line", number));
        return new RefusedException(named);
    }
}
