package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Reads, and the connections that were read. */
final class LoopWorkTest {
    private final LoopWork work = LoopWork.ofThisThread();

    @Test
    void aConnectionCountsOnceAWindow() {
        work.nextWindow();
        int one = work.read(0);
        one = work.read(one);
        int other = work.read(0);
        assertThat(work.reads()).isEqualTo(3);
        assertThat(work.senders()).isEqualTo(2);
        work.nextWindow();
        assertThat(work.reads()).isZero();
        assertThat(work.senders()).isZero();
        one = work.read(one);
        other = work.read(work.read(work.read(other)));
        assertThat(work.read(one)).isEqualTo(other);
        assertThat(work.reads()).isEqualTo(5);
        assertThat(work.senders()).isEqualTo(2);
    }
}
