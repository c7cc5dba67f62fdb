package sherd.engine.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode.Category;

final class ErrorCodeTest {
    @Test
    void noNumberIsUsedTwice() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number)).doesNotHaveDuplicates();
    }

    @Test
    void theThousandsDigitIsTheCategory() {
        assertThat(ErrorCode.NOT_FOUND.category()).isEqualTo(Category.CALLER);
        assertThat(ErrorCode.IN_DOUBT.category()).isEqualTo(Category.RESOURCE);
        assertThat(ErrorCode.CORRUPT_LOG.category()).isEqualTo(Category.CORRUPTION);
        assertThat(ErrorCode.INTERNAL_INVARIANT.category()).isEqualTo(Category.INTERNAL);
    }

    @Test
    void aBrokenInvariantSaysWhich() {
        Invariant.check(true, "never said");
        assertThatThrownBy(() -> Invariant.check(false, "lsn went back: from=%d to=%d", 7, 3))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL_INVARIANT))
                .hasMessage("lsn went back: from=7 to=3");
    }
}
