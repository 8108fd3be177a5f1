package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/skep-go/skep/internal/enginetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
)

// TestEngine: the engine works on another server, whose transactions are real.
func TestEngine(t *testing.T) {
	e := openEngine(t, "_pragma=busy_timeout(5000)")
	enginetest.Run(t, e, enginetest.Server{
		Schema: "main", Affected: 1, Scratch: "create temporary table engine_scratch (a int)", Unscratch: "drop table engine_scratch",
	})
	t.Run("context of a transaction", func(t *testing.T) { endOfContext(t, e) })
}

// endOfContext: a transaction ends with its context, and so does the session's part in it.
func endOfContext(t *testing.T, e *engine.Engine) {
	ctx, cancel := context.WithCancel(t.Context())
	err := e.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, ddl.Raw("create table gone (a int)")); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) && !errors.Is(err, sql.ErrTxDone) {
		t.Errorf("got %v, want that the transaction is over", err)
	}
	if _, err := e.Exec(t.Context(), ddl.Raw("create table gone (a int)")); err != nil {
		t.Errorf("the table is still there: %v", err)
	}
	if n := e.DB().Stats().InUse; n != 0 {
		t.Errorf("%d sessions are in use", n)
	}
}
