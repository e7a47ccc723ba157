// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.l34gateway.linux.bpf.Instruction.Call;
import org.l34gateway.linux.bpf.Instruction.Compute;
import org.l34gateway.linux.bpf.Instruction.Condition;
import org.l34gateway.linux.bpf.Instruction.Exit;
import org.l34gateway.linux.bpf.Instruction.Goto;
import org.l34gateway.linux.bpf.Instruction.Here;
import org.l34gateway.linux.bpf.Instruction.Jump;
import org.l34gateway.linux.bpf.Instruction.Load;
import org.l34gateway.linux.bpf.Instruction.LoadMap;
import org.l34gateway.linux.bpf.Instruction.Operation;
import org.l34gateway.linux.bpf.Instruction.Size;
import org.l34gateway.linux.bpf.Instruction.Store;
import org.l34gateway.linux.bpf.Instruction.ToNetworkOrder;
import org.l34gateway.linux.bpf.Instruction.Width;

/** A program that is being written, one instruction behind the other. */
public final class Assembler {
    private static final int BYTES = 8;

    private final List<Instruction> instructions = new ArrayList<>();

    private Assembler add(Instruction instruction) {
        instructions.add(instruction);
        return this;
    }

    /** The next instruction is the label's place. */
    public Assembler at(Label label) {
        return add(new Here(label));
    }

    /** Works with whole registers. */
    public Assembler compute(Register to, Operation operation, Operand operand) {
        return add(new Compute(Width.WHOLE, operation, to, operand));
    }

    /** Works with whole registers and a number. */
    public Assembler compute(Register to, Operation operation, int number) {
        return compute(to, operation, new Operand.Immediate(number));
    }

    /** Works with the lower halves. */
    public Assembler compute32(Register to, Operation operation, Operand operand) {
        return add(new Compute(Width.HALF, operation, to, operand));
    }

    /** Works with the lower half and a number. */
    public Assembler compute32(Register to, Operation operation, int number) {
        return compute32(to, operation, new Operand.Immediate(number));
    }

    public Assembler move(Register to, Register from) {
        return compute(to, Operation.MOV, from);
    }

    public Assembler move(Register to, int number) {
        return compute(to, Operation.MOV, number);
    }

    /** Writes {@code from + distance}. */
    public Assembler move(Register to, Register from, int distance) {
        return move(to, from).compute(to, Operation.ADD, distance);
    }

    public Assembler toNetworkOrder(Register to, int bits) {
        return add(new ToNetworkOrder(to, bits));
    }

    public Assembler load(Size size, Register to, Register from, int offset) {
        return add(new Load(size, to, from, offset));
    }

    public Assembler store(Size size, Register to, int offset, Register from) {
        return add(new Store(size, to, offset, from));
    }

    public Assembler store(Size size, Register to, int offset, int number) {
        return add(new Store(size, to, offset, new Operand.Immediate(number)));
    }

    public Assembler loadMap(Register to, MapReference map) {
        return add(new LoadMap(to, map));
    }

    public Assembler jump(Register what, Condition condition, Register other, Label to) {
        return add(new Jump(Width.WHOLE, what, condition, other, to));
    }

    public Assembler jump(Register what, Condition condition, int number, Label to) {
        return add(new Jump(Width.WHOLE, what, condition, new Operand.Immediate(number), to));
    }

    /** Looks at the lower half only. */
    public Assembler jump32(Register what, Condition condition, int number, Label to) {
        return add(new Jump(Width.HALF, what, condition, new Operand.Immediate(number), to));
    }

    public Assembler jump(Label to) {
        return add(new Goto(to));
    }

    public Assembler call(KernelFunction function) {
        return add(new Call(function));
    }

    public Assembler exit() {
        return add(new Exit());
    }

    /** What was written, in its order. */
    public List<Instruction> instructions() {
        return List.copyOf(instructions);
    }

    /** One line for each instruction and label. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        instructions.forEach(each ->
                text.append(each instanceof Here ? "" : "    ").append(each).append('\n'));
        return text.toString();
    }

    /**
     * As the kernel reads it, 8 bytes an instruction (RFC 9669 §3).
     *
     * @throws IllegalArgumentException when a label is nowhere or at two places, or a jump is too far
     */
    public byte[] encode() {
        Map<Label, Integer> places = places();
        ByteBuffer code = ByteBuffer.allocate(slots() * BYTES).order(ByteOrder.nativeOrder());
        instructions.forEach(each -> encode(each, code, places));
        return code.array();
    }

    /** How many of 8 bytes there are. */
    private int slots() {
        return instructions.stream().mapToInt(Assembler::slots).sum();
    }

    private static int slots(Instruction instruction) {
        return switch (instruction) {
            case Here _ -> 0;
            case LoadMap _ -> 2;
            case Compute _, ToNetworkOrder _, Load _, Store _, Jump _, Goto _, Call _, Exit _ -> 1;
        };
    }

    private Map<Label, Integer> places() {
        Map<Label, Integer> places = new HashMap<>();
        int at = 0;
        for (Instruction instruction : instructions) {
            if (instruction instanceof Here(var label) && places.put(label, at) != null) {
                throw new IllegalArgumentException("label " + label + " is at two places");
            }
            at += slots(instruction);
        }
        return places;
    }

    private static void encode(Instruction instruction, ByteBuffer to, Map<Label, Integer> places) {
        int jumpsFrom = to.position() / BYTES + 1;
        switch (instruction) {
            case Compute(var width, var operation, var register, var operand) ->
                put(to, operation.code() << 4 | source(operand) | (width == Width.HALF ? 4 : 7), register, operand, 0);
            // On these machines conversion "to big-endian" is the one that exchanges bytes.
            case ToNetworkOrder(var register, var bits) -> put(to, 0xDC, register, new Operand.Immediate(bits), 0);
            case Load(var size, var register, var from, var offset) ->
                put(to, 0x60 | size.code() << 3 | 1, register, from, offset);
            case Store(var size, var base, var offset, Register from) ->
                put(to, 0x60 | size.code() << 3 | 3, base, from, offset);
            case Store(var size, var base, var offset, Operand.Immediate from) ->
                put(to, 0x60 | size.code() << 3 | 2, base, from, offset);
            case LoadMap(var register, var map) -> {
                to.put((byte) 0x18).put((byte) (1 << 4 | register.code())).putShort((short) 0);
                to.putInt(map.fd()).putLong(0);
            }
            case Jump(var width, var register, var condition, var operand, var label) ->
                put(
                        to,
                        condition.code() << 4 | source(operand) | (width == Width.HALF ? 6 : 5),
                        register,
                        operand,
                        distance(label, jumpsFrom, places));
            case Goto(var label) ->
                put(to, 0x05, Register.R0, new Operand.Immediate(0), distance(label, jumpsFrom, places));
            case Call(var function) -> put(to, 0x85, Register.R0, new Operand.Immediate(function.code()), 0);
            case Exit() -> put(to, 0x95, Register.R0, new Operand.Immediate(0), 0);
            case Here _ -> {}
        }
    }

    private static int source(Operand operand) {
        return operand instanceof Register ? 8 : 0;
    }

    private static void put(ByteBuffer to, int code, Register destination, Operand operand, int offset) {
        int source = operand instanceof Register register ? register.code() : 0;
        int number = operand instanceof Operand.Immediate(int value) ? value : 0;
        if (offset != (short) offset) {
            throw new IllegalArgumentException("an offset of " + offset + " does not fit an instruction");
        }
        to.put((byte) code)
                .put((byte) (source << 4 | destination.code()))
                .putShort((short) offset)
                .putInt(number);
    }

    private static int distance(Label label, int from, Map<Label, Integer> places) {
        Integer place = places.get(label);
        if (place == null) {
            throw new IllegalArgumentException("label " + label + " is nowhere");
        }
        return place - from;
    }
}
