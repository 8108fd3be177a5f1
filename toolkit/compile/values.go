package compile

import (
	"reflect"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// eachValue calls f with the elements of a slice until it returns false. The common ones need no reflection.
func eachValue(list any, f func(i int, v any) bool) {
	switch list := list.(type) {
	case []int64:
		each(list, f)
	case []string:
		each(list, f)
	case []float64:
		each(list, f)
	case []any:
		each(list, f)
	case []schema.Decimal:
		each(list, f)
	case []schema.CivilDate:
		each(list, f)
	case []time.Time:
		each(list, f)
	default:
		v := reflect.ValueOf(list)
		if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
			f(0, list)
			return
		}
		for i := range v.Len() {
			if !f(i, v.Index(i).Interface()) {
				return
			}
		}
	}
}

func each[T any](list []T, f func(i int, v any) bool) {
	for i, v := range list {
		if !f(i, v) {
			return
		}
	}
}
