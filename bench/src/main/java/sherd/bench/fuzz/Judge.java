package sherd.bench.fuzz;

import sherd.engine.Engine;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/** What a reader of foreign bytes may do with them. */
final class Judge {
    private Judge() {}

    /** Stored bytes may be refused as damaged, and as nothing else. */
    static void allowCorruption(StoreException refusal) {
        if (refusal.code().category() != ErrorCode.Category.CORRUPTION) {
            throw refusal;
        }
    }

    static void allBack(MemoryBudget budget, long before) {
        if (budget.usedBytes() != before) {
            throw new AssertionError("memory did not come back: bytes=" + (budget.usedBytes() - before));
        }
    }

    /** Closes an engine whose doors are closed: all memory of their connections must be back. */
    static void closed(Engine engine, Errors errors) {
        long left = engine.memory().usedBytes(MemoryBudget.Purpose.NETWORK);
        engine.close();
        errors.close();
        holds(left == 0, "memory of connections did not come back: bytes=" + left);
    }

    static void holds(boolean rule, String otherwise) {
        if (!rule) {
            throw new AssertionError(otherwise);
        }
    }
}
