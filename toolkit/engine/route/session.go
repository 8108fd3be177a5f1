package route

import (
	"context"
	"errors"

	"github.com/skep-go/skep/toolkit/engine"
)

// Connect takes a session of the leader, or of the server that ctx asks for. It is given back by [engine.Conn.Close].
func (e *Engine) Connect(ctx context.Context) (c *engine.Conn, err error) {
	err = e.pinned(ctx, func(on *engine.Engine) error {
		c, err = on.Connect(ctx)
		return err
	})
	return c, err
}

// Do calls f with a session as Connect takes it, and gives it back.
func (e *Engine) Do(ctx context.Context, f func(*engine.Conn) error) (err error) {
	c, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return f(c)
}

// Begin takes a session as Connect does, and begins a transaction on it. The end of the transaction gives it back.
func (e *Engine) Begin(ctx context.Context, o engine.TxOptions) (tx *engine.Tx, err error) {
	err = e.pinned(ctx, func(on *engine.Engine) error {
		tx, err = on.Begin(ctx, o)
		return err
	})
	return tx, err
}

// InTx calls f within a transaction as Begin makes it, which is committed if f returns nil, and rolled back otherwise.
func (e *Engine) InTx(ctx context.Context, o engine.TxOptions, f func(*engine.Tx) error) error {
	return e.Do(ctx, func(c *engine.Conn) error { return c.InTx(ctx, o, f) })
}

// pinned calls take with the engine of the server for a session, and notes whether that was reached. What becomes of the
// session is not counted.
func (e *Engine) pinned(ctx context.Context, take func(on *engine.Engine) error) error {
	name := Leader
	if asked, ok := ctx.Value(nameKey{}).(string); ok {
		name = asked
	}
	a, err := e.cluster.at(name)
	if err != nil {
		return err
	}
	err = take(e.watched(a.on))
	e.cluster.over(a)
	e.heard(ctx, a, unreachable(err) || errors.Is(err, context.DeadlineExceeded), err == nil, err)
	return err
}
