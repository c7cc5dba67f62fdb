package sherd.bench.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Everyone who works on one node at once, each on a thread, until the node is gone. */
final class Load implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 90_000;

    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Ending> endings = new ConcurrentLinkedQueue<>();

    /** What a worker does; it comes to an end by throwing. */
    @FunctionalInterface
    interface Work {
        void on(NodeProcess node) throws IOException, WrongAnswerException;
    }

    private record Ending(long nanos, boolean wrongAnswer, String reason) {}

    void start(String name, NodeProcess node, Work work) {
        var thread = new Thread(() -> run(node, work), "crash-" + name);
        threads.add(thread);
        thread.start();
    }

    private void run(NodeProcess node, Work work) {
        try {
            work.on(node);
        } catch (IOException e) {
            endings.add(new Ending(System.nanoTime(), false, String.valueOf(e)));
        } catch (WrongAnswerException e) {
            endings.add(new Ending(System.nanoTime(), true, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            endings.add(new Ending(System.nanoTime(), true, "the writer failed: " + e));
        }
    }

    /** True once anybody has ended, which none should before the node does. */
    boolean broken() {
        return !endings.isEmpty();
    }

    /** Waits for all; who ended before the kill, or for another reason than that, has a finding. */
    List<Finding> join(long killedNanos) {
        close();
        return endings.stream()
                .filter(ending -> ending.wrongAnswer() || ending.nanos() - killedNanos < 0)
                .map(ending -> new Finding(Finding.Kind.WRONG_ANSWER, ending.reason()))
                .toList();
    }

    /** Waits for all, who end by themselves once the node is gone. */
    @Override
    public void close() {
        try {
            for (var thread : threads) {
                thread.join(PATIENCE_MILLIS);
                if (thread.isAlive()) {
                    throw new IllegalStateException("a writer outlives its node: " + thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writers were ending", e);
        }
    }
}
