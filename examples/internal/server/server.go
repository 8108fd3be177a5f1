// Package server gives an example a Hive to run on, and a database of its own there.
package server

import (
	"context"
	"errors"
	"os"
	"path"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// On calls f with the DSN of a server: dsn or, if that is "", of a real Hive that is started for f.
func On(ctx context.Context, dsn string, f func(dsn string) error) (err error) {
	if dsn != "" {
		return f(dsn)
	}
	server, err := hivetest.Start(ctx, hivetest.Options{Kind: hivetest.Hive401, Private: true, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	return f(server.DSN())
}

// With is On with a DSN whose sessions begin in a database that is made anew.
func With(ctx context.Context, dsn, database string, f func(dsn string) error) error {
	own := dsn == ""
	return On(ctx, dsn, func(dsn string) (err error) {
		managed := ""
		if own {
			if managed, err = os.MkdirTemp("", database); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(managed)) }()
		}
		if dsn, err = Database(ctx, dsn, database, managed); err != nil {
			return err
		}
		return f(dsn)
	})
}

// Database drops a database and makes it again, and gives a DSN whose sessions begin in it. Managed is a folder for its
// tables, "" for the server's: Hive 4 finds no rows of transactional tables below a folder such as .cache, where a server
// of hivetest keeps its own.
func Database(ctx context.Context, dsn, name, managed string) (string, error) {
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		return "", err
	}
	target, err := skep.Target(cfg, dialect.New(dialect.Hive40))
	if err != nil {
		return "", err
	}
	e := engine.OpenTarget(target, engine.Config{})
	create := dialect.CreateDatabase(name)
	if managed != "" {
		create = create.ManagedLocation(path.Join(managed, name)) // which Hive makes
	}
	for _, n := range []expr.Node{ddl.DropSchema(name).IfExists().Cascade(), create} {
		if _, err := e.Exec(ctx, n); err != nil {
			return "", errors.Join(err, e.Close())
		}
	}
	cfg.Database = name
	cfg.SessionConf = map[string]string{ // without these there is no UPDATE; many servers have them for all
		"hive.support.concurrency": "true",
		"hive.txn.manager":         "org.apache.hadoop.hive.ql.lockmgr.DbTxnManager",
		"hive.auto.convert.join":   "false", // for MERGE with MapReduce
	}
	return cfg.FormatDSN(), e.Close()
}
