package main

import (
	"context"
	"errors"
	"flag"

	"github.com/skep-go/skep/hive"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

// source is the server that tells of tables.
type source struct{ dsn, metastore string }

func (s *source) define(set *flag.FlagSet) {
	set.StringVar(&s.dsn, "dsn", "", "")
	set.StringVar(&s.metastore, "metastore", "", "")
}

// open connects to the server. Closing it ends the connection.
func (s *source) open(ctx context.Context) (from schema.Inspector, closing func() error, err error) {
	switch {
	case (s.dsn == "") == (s.metastore == ""):
		return nil, nil, usageError("want -dsn, for HiveServer2, or -metastore")
	case s.metastore != "":
		cfg, err := hivereflect.ParseMetastore(s.metastore)
		if err != nil {
			return nil, nil, err
		}
		m, err := hivereflect.OpenMetastore(cfg)
		if err != nil {
			return nil, nil, err
		}
		return m, m.Close, nil
	}
	cfg, err := hive.ParseDSN(s.dsn)
	if err != nil {
		return nil, nil, err
	}
	session, err := hive.Connect(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	closing = func() error { return session.Close(context.WithoutCancel(ctx)) }
	h, err := hivereflect.OverSession(ctx, session)
	if err != nil {
		return nil, nil, errors.Join(err, closing())
	}
	return h, closing, nil
}
