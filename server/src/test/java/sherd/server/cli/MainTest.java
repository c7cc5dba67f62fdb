package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MainTest {
    @Test
    void helpAndVersionSucceed() {
        assertThat(Main.run("help")).isZero();
        assertThat(Main.run("version")).isZero();
    }

    @Test
    void wrongUseIsStatusTwo() {
        assertThat(Main.run("nonsense")).isEqualTo(2);
        assertThat(Main.run("version", "--nonsense")).isEqualTo(2);
    }
}
