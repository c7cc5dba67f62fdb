package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of what calls do, which are run over HTTP/1.1 and again over HTTP/2. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = HttpClient.Version.class,
        names = {"HTTP_1_1", "HTTP_2"})
@SuppressWarnings("NullAway.Init") // JUnit sets both before a test runs
abstract class EveryVersion {
    static HttpNode node;

    @Parameter
    private HttpClient.Version version;

    @BeforeParameterizedClassInvocation
    static void open(HttpClient.Version version) {
        node = new HttpNode(version);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        node.close();
    }

    @AfterEach
    void theClientSpokeThatVersion() {
        assertThat(node.get("/healthz").version()).isEqualTo(version);
    }
}
