package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sherd.bench.frame.BenchException;

final class AttributionTest {
    @Test
    void stagesAreReadInTheirOrder() {
        var found =
                Attribution.parse("{\"sampling\":false,\"every\":17,\"batches\":5,\"commands\":80,\"wall_us\":120.5,"
                        + "\"p99_us\":24.5,\"stages\":[{\"stage\":\"read\",\"us\":40.0,\"us_per_command\":0.5,\"cpu_share\":0.4,"
                        + "\"p99_share\":1.0E-4},{\"stage\":\"backend_wait\",\"us\":0.0,\"us_per_command\":0.0,\"cpu_share\":0.0,"
                        + "\"p99_share\":0.6}]}");
        assertThat(found.batches()).isEqualTo(5);
        assertThat(found.p99Micros()).isEqualTo(24.5);
        assertThat(found.stages().keySet()).containsExactly("read", "backend_wait");
        assertThat(found.stages()).containsEntry("read", new Attribution.Stage(0.5, 0.4, 1.0E-4));
    }

    @Test
    void anAnswerWithoutStagesIsShown() {
        assertThatThrownBy(() -> Attribution.parse("{\"code\":\"NO_SUCH_PATH\"}"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("NO_SUCH_PATH");
    }
}
