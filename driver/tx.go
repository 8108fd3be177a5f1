package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/skep-go/skep/hive"
)

// tx is the scope that tx=scope gives instead of a transaction: one session, and an account of what was written.
type tx struct {
	conn   *Conn
	writes []string
}

// NotRolledBackError is what Rollback returns when the scope has written: Hive keeps what was written.
type NotRolledBackError struct {
	// Statements are those that may have changed data, in order.
	Statements []string
}

func (e *NotRolledBackError) Error() string {
	return fmt.Sprintf("hive: nothing was rolled back: Hive has no rollback, and %d statement(s) that may have written were run, the first: %.80s",
		len(e.Statements), e.Statements[0])
}

// Begin implements [driver.Conn].
func (c *Conn) Begin() (driver.Tx, error) { return c.BeginTx(context.Background(), driver.TxOptions{}) }

// BeginTx implements [driver.ConnBeginTx].
func (c *Conn) BeginTx(_ context.Context, opts driver.TxOptions) (driver.Tx, error) {
	switch {
	case !c.cfg.TxScope:
		return nil, fmt.Errorf("%w: Hive has no transactions that a client can hold: each statement commits by itself. "+
			"To pin one session use sql.DB.Conn; to let code that needs Begin run, set tx=scope, where Rollback after a write is an error", hive.ErrNotSupported)
	case opts.Isolation != driver.IsolationLevel(sql.LevelDefault):
		return nil, fmt.Errorf("%w: Hive has no isolation levels to choose from (asked: %s)", hive.ErrNotSupported, sql.IsolationLevel(opts.Isolation))
	case opts.ReadOnly:
		return nil, fmt.Errorf("%w: Hive has no read-only transactions", hive.ErrNotSupported)
	}
	c.tx = &tx{conn: c}
	return c.tx, nil
}

// Commit implements [driver.Tx]: every statement has been committed by itself.
func (t *tx) Commit() error {
	t.conn.tx = nil
	return nil
}

// Rollback implements [driver.Tx]. It succeeds if there is nothing to roll back.
func (t *tx) Rollback() error {
	t.conn.tx = nil
	if len(t.writes) > 0 {
		return &NotRolledBackError{Statements: t.writes}
	}
	return nil
}

var _ driver.Tx = (*tx)(nil)
