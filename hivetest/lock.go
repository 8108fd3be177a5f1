package hivetest

import (
	"context"
	"errors"
	"os"
	"time"
)

// errLocked: another open file holds the lock.
var errLocked = errors.New("locked")

// waitLock locks a file as tryLock does, waiting for it until ctx ends.
func waitLock(ctx context.Context, name string) (*os.File, error) {
	for {
		f, err := tryLock(name)
		if !errors.Is(err, errLocked) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
