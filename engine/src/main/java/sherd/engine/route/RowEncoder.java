package sherd.engine.route;

import org.jspecify.annotations.Nullable;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.TableDefinition;

/** Encodes one row at a time, into memory that is kept as long as the rows are of one table. */
@SuppressWarnings("ReferenceEquality") // an equal definition may be encoded anew, at no harm
final class RowEncoder implements AutoCloseable {
    private final MemoryBudget budget;
    private @Nullable RowBatch batch;
    private @Nullable TableDefinition definition;

    RowEncoder(MemoryBudget budget) {
        this.budget = budget;
    }

    /** The row in the form of {@link RowLayout}; good until the next one. */
    RowBatch encode(TableDefinition of, @Nullable Object[] values) {
        var target = batch;
        if (target == null || definition != of) {
            close();
            target = new RowBatch(of.columns(), budget);
            batch = target;
            definition = of;
        }
        target.clear();
        RowLayout.append(target, values);
        return target;
    }

    @Override
    public void close() {
        if (batch != null) {
            batch.close();
            batch = null;
        }
    }
}
