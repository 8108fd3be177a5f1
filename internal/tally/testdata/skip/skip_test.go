package skip

import "testing"

func TestA(t *testing.T) { t.Log("quiet") }

func TestB(t *testing.T) { t.Skip("why") }
