package hivereflect

import (
	"context"

	"github.com/apache/thrift/lib/go/thrift"
)

// fieldHead is what stands before the value of a field.
type fieldHead struct {
	id  int16
	typ thrift.TType
}

// eachField reads a struct, whose values read reads.
func eachField(ctx context.Context, p thrift.TProtocol, read func(fieldHead) error) error {
	if _, err := p.ReadStructBegin(ctx); err != nil {
		return err
	}
	for {
		_, typ, id, err := p.ReadFieldBegin(ctx)
		switch {
		case err != nil:
			return err
		case typ == thrift.STOP:
			return p.ReadStructEnd(ctx)
		}
		if err := read(fieldHead{id, typ}); err != nil {
			return err
		}
		if err := p.ReadFieldEnd(ctx); err != nil {
			return err
		}
	}
}

// eachElement reads a list, whose elements read reads.
func eachElement(ctx context.Context, p thrift.TProtocol, read func() error) error {
	_, size, err := p.ReadListBegin(ctx)
	for i := 0; i < size && err == nil; i++ {
		err = read()
	}
	if err != nil {
		return err
	}
	return p.ReadListEnd(ctx)
}

// readTexts reads a map of strings.
func readTexts(ctx context.Context, p thrift.TProtocol, into map[string]string) error {
	_, _, size, err := p.ReadMapBegin(ctx)
	for i := 0; i < size && err == nil; i++ {
		var key string
		if key, err = p.ReadString(ctx); err == nil {
			into[key], err = p.ReadString(ctx)
		}
	}
	if err != nil {
		return err
	}
	return p.ReadMapEnd(ctx)
}
