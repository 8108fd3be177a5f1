package hivereflect

import (
	"context"
	"iter"
	"sync"
)

// inOrder gives what f makes of each piece of work, in their order, while f is at work on the next ones: on n at a time.
// So at most n results wait for the caller. f gets a context that ends when the caller has enough.
func inOrder[In, Out any](ctx context.Context, work iter.Seq[In], n int, f func(context.Context, In) (Out, error)) iter.Seq2[Out, error] {
	type outcome struct {
		out Out
		err error
	}
	return func(yield func(Out, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		next, stop := iter.Pull(work)
		defer stop()
		var queue []chan outcome
		fill := func() {
			for len(queue) < n {
				in, ok := next()
				if !ok {
					return
				}
				done := make(chan outcome, 1)
				queue = append(queue, done)
				running.Go(func() {
					out, err := f(ctx, in)
					done <- outcome{out, err}
				})
			}
		}
		for fill(); len(queue) > 0; {
			r := <-queue[0]
			queue = queue[1:]
			fill()
			if !yield(r.out, r.err) {
				return
			}
		}
	}
}
