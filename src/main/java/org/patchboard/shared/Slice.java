package org.patchboard.shared;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items at most {@code size} of them, in the order asked for
 * @param page counted from 0
 * @param size at most {@value #LARGEST}
 * @param total how many there are in all
 */
public record Slice<T>(List<T> items, int page, int size, long total) {

    /** The largest page anybody gets. */
    public static final int LARGEST = 500;

    public Slice {
        items = List.copyOf(items);
        checkBounds(page, size);
    }

    /** @throws Refusal when the page asked for cannot exist */
    public static void checkBounds(int page, int size) {
        if (page < 0 || size < 1 || size > LARGEST) {
            throw Refusal.incomplete("page counts from 0 and size is between 1 and " + LARGEST);
        }
    }

    public <R> Slice<R> map(Function<? super T, ? extends R> each) {
        return new Slice<R>(items.stream().<R>map(each).toList(), page, size, total);
    }

    public long pages() {
        return (total + size - 1) / size;
    }
}
