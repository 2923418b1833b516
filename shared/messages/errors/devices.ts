/** What a device cannot do, or did to a run. */
import { catalogue } from '../catalogue.ts';

/** What computes wrong is no help to anybody: this installation or this machine is broken. */
export const processorFailed = [
  "the processor did not pass its self-test: {why}: test it again in Settings or with 'lookalike doctor --retest'",
  '处理器没有通过自检，原因见“设置”：请在“设置”中再测试一次，或运行 lookalike doctor --retest。',
] as const;

export const deviceErrors = catalogue({
  'bad-device': ['The device cannot be used here: choose the processor.', '无法使用这个设备：请选择处理器。'],
  'bad-device.unknown': ['there is no device {device}: use {devices}', '没有设备 {device}：请使用 {devices}。'],
  'bad-device.platform': [
    '{device} is not available on {platform}: choose device cpu',
    '{device} 在 {platform} 上不可用：请选择处理器。',
  ],
  'bad-device.platform-cuda': [
    "{device} is not available on {platform}: fetch ONNX Runtime's CUDA libraries (docs/devices.md), name a TensorFlow in LOOKALIKE_TENSORFLOW (the same page), or choose device cpu",
    '{device} 在 {platform} 上不可用：请取得 ONNX Runtime 的 CUDA 库（docs/devices.md），在 LOOKALIKE_TENSORFLOW 中指明 TensorFlow（同一页），或选择处理器。',
  ],
  'bad-device.unusable': [
    '{device} cannot be used here ({detail}): choose device cpu',
    '{device} 在这里无法使用（{detail}）：请选择处理器。',
  ],
  'bad-device.unusable-cuda': [
    "{device} cannot be used here ({detail}): fetch ONNX Runtime's CUDA libraries (docs/devices.md), name a TensorFlow in LOOKALIKE_TENSORFLOW (the same page), or choose device cpu",
    '{device} 在这里无法使用（{detail}）：请取得 ONNX Runtime 的 CUDA 库（docs/devices.md），在 LOOKALIKE_TENSORFLOW 中指明 TensorFlow（同一页），或选择处理器。',
  ],
  'bad-device.no-tensorflow': [
    'TensorFlow cannot be used here, it is not installed{where}. Install {package} in a folder of your own and name it in LOOKALIKE_TENSORFLOW, or choose another device',
    '这里无法使用 TensorFlow：没有安装{where}。请在自己的文件夹中安装 {package}，并在 LOOKALIKE_TENSORFLOW 中指明，或选择另一个设备。',
  ],
  'bad-device.broken-tensorflow': [
    'TensorFlow cannot be used here, it is installed{where} but does not work ({detail}): it needs CUDA 11.2 and cuDNN 8.1. Install {package} in a folder of your own and name it in LOOKALIKE_TENSORFLOW, or choose another device',
    '这里无法使用 TensorFlow：已安装{where}，但不能工作（{detail}），它需要 CUDA 11.2 与 cuDNN 8.1。请在自己的文件夹中安装 {package}，并在 LOOKALIKE_TENSORFLOW 中指明，或选择另一个设备。',
  ],
  'bad-device.tensorflow-float16': [
    'TensorFlow.js computes in float32 alone: set precision to float32',
    'TensorFlow.js 只以 float32 计算：请把精度设为 float32。',
  ],
  'bad-device.processor-float16': [
    'the processor computes in float32 alone: set precision to float32',
    '处理器只能以 float32 计算：请把精度设为 float32。',
  ],
  'bad-device.float16': [
    '{device} has no float16 here: set precision to float32',
    '{device} 在这里不支持 float16：请把精度设为 float32。',
  ],
  'device-unavailable': [
    'The device is not available: {message}.',
    '设备不可用：请选择自动或处理器，原因见设置中的自检（{message}）。',
  ],
  'device-unavailable.device': [
    "the device {device} cannot be used: {why}; choose device auto or cpu, or see 'lookalike doctor'",
    '设备 {device} 不可用：请选择自动或处理器，原因见设置中的自检。',
  ],
  'device-unavailable.processor': processorFailed,
  'device-crashed': [
    'The device’s driver crashed: {message}. Resume from the last checkpoint, or go on with the processor.',
    '设备的驱动程序崩溃：{message}。请从上一个检查点继续，或改用处理器。',
  ],
  'device-crashed.run': [
    '{detail}; it trained on the device {device}: resume from the last checkpoint, or go on with device cpu; where it happens again, its driver wants an update',
    '设备 {device} 的驱动使计算进程崩溃：请从最后一个检查点继续，或改用处理器；若再次出现，请更新驱动程序。',
  ],
  'out-of-device-memory': [
    'The device ran out of memory: choose a smaller batch, or the processor.',
    '设备内存不足：请减小批次，或改用处理器。',
  ],
  'out-of-device-memory.batch': [
    'the device {device} ran out of memory with a batch of {batch}: close other programs that use it, start a run with batchSize {suggestion}, or go on with device cpu',
    '设备 {device} 在批次 {batch} 时内存不足：请关闭其他占用它的程序，用批次 {suggestion} 新建训练，或改用处理器。',
  ],
  'device-lost': [
    'The device was lost: resume from the last checkpoint, or go on with the processor.',
    '设备丢失：请从上一个检查点继续，或改用处理器。',
  ],
  'device-lost.device': [
    'the device {device} was lost (its driver restarted, or it was taken away): resume from the last checkpoint, or go on with device cpu',
    '设备 {device} 丢失（驱动程序重启或设备被移除）：请从上一个检查点继续，或改用处理器。',
  ],
  'device-failed': [
    'A step failed on the device: choose a smaller batch, or the processor.',
    '训练步在设备上失败：请减小批次，或改用处理器。',
  ],
  'device-failed.batch': [
    'a step failed on the device {device}: start a run with batchSize {suggestion}, or go on with device cpu; where neither helps, its driver wants an update',
    '训练步在设备 {device} 上失败：请用批次 {suggestion} 新建训练，或改用处理器；若都无效，请更新驱动程序。',
  ],
  'device-hung': [
    'The device did not answer: resume from the last checkpoint, or go on with the processor.',
    '设备没有应答：请从上一个检查点继续，或改用处理器。',
  ],
  'device-hung.seconds': [
    'the device did not answer for {seconds} {seconds:second|seconds}: resume from the last checkpoint, or go on with device cpu; where it happens again, its driver wants an update',
    '设备 {seconds} 秒没有应答：请从上一个检查点继续，或改用处理器；若再次出现，请更新驱动程序。',
  ],
  'float32-instead': [
    'The device has no float16: training goes on in float32.',
    '设备不支持 float16：训练改以 float32 继续。',
  ],
  'float32-instead.device': [
    'the device {device} has no float16: training goes on in float32',
    '设备 {device} 不支持 float16：训练改以 float32 继续。',
  ],
  'restarted-after-memory': [
    'It ran out of memory and goes on from the last checkpoint.',
    '内存曾不足，已从上一个检查点继续。',
  ],
  'restarted-after-memory.epoch': [
    'the device {device} ran out of memory; training went on from the checkpoint of epoch {epoch}. If it happens again: close other programs that use it, or start a run with batchSize {suggestion}',
    '设备 {device} 的显存曾经不足；已从第 {epoch} 轮的检查点继续。若再次发生：请关闭占用显卡的其他程序，或用批次 {suggestion} 新建训练。',
  ],
});
