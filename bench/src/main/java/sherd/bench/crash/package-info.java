/**
 * The crash loop: a real node is killed under load, started again, and asked what it still has.
 *
 * <p>Nouns: a <i>writer</i> owns its keys and does one step after the other; its <i>history</i> is what it sent and what
 * was acknowledged; a <i>round</i> is one life of the node; what is <i>seen</i> after it must be the history cut at one
 * place, no earlier than the sync policy allows. The cut is found by {@link sherd.bench.crash.Judge}, which knows
 * nothing of nodes.
 */
@NullMarked
package sherd.bench.crash;

import org.jspecify.annotations.NullMarked;
