package sherd.engine.objects;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.MemoryBudget.Purpose;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * Pages of objects, outside the heap; the least recently used go first. A store answers a small read no sooner than one
 * of a hundred kilobytes, so whole pages are fetched, as many as are missing side by side in one request. Who wants a
 * page that another reader is fetching waits for that. Thread-safe.
 */
public final class ObjectPages implements AutoCloseable {
    static final int PAGE = 128 << 10;
    private static final int MOST_PAGES = 8;
    private static final long WAIT_MILLIS = 1000;

    private record Id(String key, long page) {}

    /**
     * What the pages were good for.
     *
     * @param requests sent to the store
     * @param fetchedBytes got from it
     * @param found pages that were there when they were wanted
     * @param bytes held now
     */
    public record Figures(long requests, long fetchedBytes, long found, long bytes) {}

    private final ObjectStore store;
    private final MemoryBudget budget;
    private final long limit;
    private final LinkedHashMap<Id, Region> pages = new LinkedHashMap<>(64, 0.75f, true);
    private final Set<Id> coming = new HashSet<>();
    private long requests;
    private long fetchedBytes;
    private long found;
    private boolean closed;

    public ObjectPages(ObjectStore store, MemoryBudget budget, long limitBytes) {
        this.store = store;
        this.budget = budget;
        this.limit = Math.max(1, limitBytes / PAGE);
    }

    public synchronized Figures figures() {
        return new Figures(requests, fetchedBytes, found, (long) pages.size() * PAGE);
    }

    /**
     * Fills a buffer from an object of a known length.
     *
     * @param ahead pages beyond those asked for to fetch with them if any of those is missing
     */
    void read(String key, long size, long offset, ByteBuffer target, int ahead) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int before = target.remaining();
            int missing = copyOrClaim(key, size, at, target, ahead);
            if (missing > 0) {
                fetch(key, size, at, missing, target);
            }
            at += before - target.remaining();
        }
    }

    /** Fills a buffer past the pages: what others read again and again stays. */
    void readPast(String key, long offset, ByteBuffer target) throws IOException {
        int length = target.remaining();
        store.read(key, offset, target);
        synchronized (this) {
            requests++;
            fetchedBytes += length;
        }
    }

    /** Copies from the first page, or returns how many pages from there on are the caller's to fetch. */
    private synchronized int copyOrClaim(String key, long size, long at, ByteBuffer target, int ahead) {
        var first = new Id(key, at / PAGE);
        awaitOther(first);
        var page = pages.get(first);
        if (page != null) {
            int within = (int) (at % PAGE);
            long length = Math.min(size - at, PAGE - within);
            copy(page.address() + within, length, target);
            found++;
            return 0;
        }
        long last = Math.min((at + target.remaining() - 1) / PAGE + ahead, (size - 1) / PAGE);
        int claimed = 0;
        for (long next = first.page(); next <= last && claimed < MOST_PAGES; next++) {
            var id = new Id(key, next);
            if (pages.containsKey(id) || !coming.add(id)) {
                break;
            }
            claimed++;
        }
        requests++;
        return claimed;
    }

    /** The other reader's request ends by itself. */
    private void awaitOther(Id wanted) {
        boolean interrupted = false;
        while (coming.contains(wanted)) {
            try {
                wait(WAIT_MILLIS);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void fetch(String key, long size, long at, int count, ByteBuffer target) throws IOException {
        long first = at / PAGE;
        long start = first * PAGE;
        int length = (int) Math.min(size - start, (long) count * PAGE);
        var room = Region.within(budget, Purpose.CACHE, length);
        try {
            if (room.isEmpty()) { // no memory for more than what was asked for
                int asked = (int) Math.min(target.remaining(), start + length - at);
                store.read(key, at, target.slice(target.position(), asked));
                target.position(target.position() + asked);
                counted(asked);
            } else {
                try (var bytes = room.get()) {
                    store.read(key, start, bytes.view(0, length));
                    for (int i = 0; i < count; i++) {
                        long from = (long) i * PAGE;
                        keep(new Id(key, first + i), bytes.address() + from, Math.min(PAGE, length - from));
                    }
                    long within = at - start;
                    copy(bytes.address() + within, length - within, target);
                }
                counted(length);
            }
        } finally {
            arrived(key, first, count);
        }
    }

    private synchronized void counted(long bytes) {
        fetchedBytes += bytes;
    }

    private synchronized void arrived(String key, long first, int count) {
        for (int i = 0; i < count; i++) {
            coming.remove(new Id(key, first + i));
        }
        notifyAll();
    }

    private synchronized void keep(Id id, long address, long length) {
        while (pages.size() >= limit) {
            dropOldest();
        }
        var page = Region.within(budget, Purpose.CACHE, PAGE);
        if (page.isEmpty() && !pages.isEmpty()) {
            dropOldest();
            page = Region.within(budget, Purpose.CACHE, PAGE);
        }
        if (closed) {
            page.ifPresent(Region::close);
            return;
        }
        page.ifPresent(region -> {
            OffHeap.copy(address, region.address(), length);
            var before = pages.put(id, region);
            if (before != null) {
                before.close();
            }
        });
    }

    private void dropOldest() {
        var oldest = pages.entrySet().iterator();
        oldest.next().getValue().close();
        oldest.remove();
    }

    private static void copy(long address, long length, ByteBuffer target) {
        int step = (int) Math.min(length, target.remaining());
        target.put(OffHeap.buffer(address, step));
    }

    /** Drops the pages of an object, so that they are fetched afresh. */
    public synchronized void forget(String key) {
        pages.entrySet().removeIf(page -> {
            if (page.getKey().key().equals(key)) {
                page.getValue().close();
                return true;
            }
            return false;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        pages.values().forEach(Region::close);
        pages.clear();
    }
}
