package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.SegmentHome.State;

final class SegmentHomeTest {
    @Test
    void whatTheCatalogKeepsReadsBack() {
        for (var state : State.values()) {
            var home = new SegmentHome(state, "owner/key.tar");
            assertThat(SegmentHome.of(home.encode())).isEqualTo(home);
        }
    }

    @Test
    void aCatalogFromBeforeHasFilesOnly() {
        assertThat(SegmentHome.of(Map.of("replaces", "0", "rows", ""))).isEqualTo(SegmentHome.LOCAL);
        assertThat(SegmentHome.LOCAL.onDisk()).isTrue();
        assertThat(SegmentHome.LOCAL.hasObject()).isFalse();
    }

    @Test
    void onlyARemoteSegmentHasNoFile() {
        for (var state : State.values()) {
            assertThat(new SegmentHome(state, "k").onDisk()).isEqualTo(state != State.REMOTE);
        }
    }
}
